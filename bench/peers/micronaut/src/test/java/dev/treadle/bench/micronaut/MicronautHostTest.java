package dev.treadle.bench.micronaut;

import dev.treadle.bench.server.HostContract;
import dev.treadle.bench.server.Runner;

class MicronautHostTest extends HostContract {
    MicronautHostTest() {
        super(
                MicronautHost::new,
                new Case(Runner.OWN_VIRTUAL, "ForkJoinPool"),
                new Case(Runner.OWN_VIRTUAL_LOOPS, "EventLoop"));
    }
}
