package dev.treadle.bench.vertx;

import dev.treadle.bench.server.Host;
import dev.treadle.bench.server.HostContract;
import dev.treadle.bench.server.Runner;

import java.util.List;

class VertxHostTest extends HostContract {
    @Override
    protected Host host() {
        return new VertxHost();
    }

    @Override
    protected List<Case> cases() {
        return List.of(new Case(Runner.EVENT_LOOPS, ""));
    }
}
