package dev.treadle.bench.server;

import java.util.List;

class HelidonHostTest extends HostContract {
    @Override
    protected Host host() {
        return new HelidonHost();
    }

    @Override
    protected List<Case> cases() {
        return List.of(new Case(Runner.OWN_VIRTUAL, "ForkJoinPool"));
    }
}
