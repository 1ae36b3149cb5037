package dev.treadle.bench.boot;

import dev.treadle.bench.server.HostContract;
import dev.treadle.bench.server.Runner;

class BootHostTest extends HostContract {
    BootHostTest() {
        super(
                BootHost::new,
                new Case(Runner.GEVENT, "Poller"),
                new Case(Runner.OWN_VIRTUAL, "ForkJoinPool"),
                new Case(Runner.POOL, "exec"));
    }
}
