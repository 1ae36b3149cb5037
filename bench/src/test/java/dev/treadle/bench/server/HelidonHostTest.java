package dev.treadle.bench.server;

class HelidonHostTest extends HostContract {
    HelidonHostTest() {
        super(HelidonHost::new, new Case(Runner.OWN_VIRTUAL, "ForkJoinPool"));
    }
}
