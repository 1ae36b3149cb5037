package dev.treadle.bench.server;

import java.util.List;

class TomcatHostTest extends HostContract {
    @Override
    protected Host host() {
        return new TomcatHost();
    }

    @Override
    protected List<Case> cases() {
        return List.of(
                new Case(Runner.GEVENT, "Poller"),
                new Case(Runner.VIRTUAL, "ForkJoinPool"),
                new Case(Runner.OWN_VIRTUAL, "ForkJoinPool"),
                new Case(Runner.POOL, "exec"));
    }
}
