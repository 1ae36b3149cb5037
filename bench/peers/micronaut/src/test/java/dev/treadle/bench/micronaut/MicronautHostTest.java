package dev.treadle.bench.micronaut;

import dev.treadle.bench.server.Host;
import dev.treadle.bench.server.HostContract;
import dev.treadle.bench.server.Runner;

import java.util.List;

class MicronautHostTest extends HostContract {
    @Override
    protected Host host() {
        return new MicronautHost();
    }

    @Override
    protected List<Case> cases() {
        return List.of(
                new Case(Runner.OWN_VIRTUAL, "ForkJoinPool"),
                new Case(Runner.OWN_VIRTUAL_LOOPS, "EventLoop"));
    }
}
