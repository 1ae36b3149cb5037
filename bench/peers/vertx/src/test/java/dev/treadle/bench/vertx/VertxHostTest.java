package dev.treadle.bench.vertx;

import dev.treadle.bench.server.HostContract;
import dev.treadle.bench.server.Runner;

class VertxHostTest extends HostContract {
    VertxHostTest() {
        super(VertxHost::new, new Case(Runner.EVENT_LOOPS, ""));
    }
}
