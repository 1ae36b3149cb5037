package dev.treadle.bench.vertx;

import dev.treadle.bench.server.Host;
import dev.treadle.bench.server.HostSetup;
import dev.treadle.bench.server.Runner;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Vert.x: asynchronous code, on as many event loops as Vert.x makes by itself. */
public final class VertxHost implements Host {
    private @Nullable Vertx vertx;

    /** For the service loader. */
    public VertxHost() {}

    @Override
    public int start(HostSetup setup) {
        if (setup.runner() != Runner.EVENT_LOOPS) {
            throw setup.unknownTo("Vert.x");
        }
        Vertx made = Vertx.vertx();
        vertx = made;
        List<Integer> ports = new CopyOnWriteArrayList<>();
        String unused =
                made.deployVerticle(
                                () -> new WorkVerticle(ports),
                                new DeploymentOptions()
                                        .setInstances(VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE))
                        .await();
        return ports.getFirst();
    }

    @Override
    public void stop() {
        if (vertx != null) {
            Object unused = vertx.close().await();
        }
    }
}
