package dev.treadle.bench.boot;

import dev.treadle.bench.server.Host;
import dev.treadle.bench.server.HostContract;
import dev.treadle.bench.server.Runner;

import java.util.List;

class BootHostTest extends HostContract {
    @Override
    protected Host host() {
        return new BootHost();
    }

    @Override
    protected List<Case> cases() {
        return List.of(
                new Case(Runner.GEVENT, "Poller"),
                new Case(Runner.OWN_VIRTUAL, "ForkJoinPool"),
                new Case(Runner.POOL, "exec"));
    }
}
