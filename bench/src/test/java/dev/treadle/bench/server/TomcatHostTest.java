package dev.treadle.bench.server;

class TomcatHostTest extends HostContract {
    TomcatHostTest() {
        super(
                TomcatHost::new,
                new Case(Runner.GEVENT, "Poller"),
                new Case(Runner.VIRTUAL, "ForkJoinPool"),
                new Case(Runner.OWN_VIRTUAL, "ForkJoinPool"),
                new Case(Runner.POOL, "exec"));
    }
}
