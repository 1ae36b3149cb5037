package dev.treadle.undertow;

import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.tck.RawClient;

import io.undertow.Undertow;
import io.undertow.server.HttpHandler;

import java.io.IOException;

/** A started Undertow with workers in front of a plain handler. */
final class RunningUndertow implements AutoCloseable {
    private final Workers workers;
    private final Undertow undertow;

    RunningUndertow(WorkerSettings settings, HttpHandler root) {
        this(settings, root, Undertow.builder());
    }

    RunningUndertow(WorkerSettings settings, HttpHandler root, Undertow.Builder builder) {
        workers = Workers.open(settings);
        builder.addHttpListener(0, "127.0.0.1");
        UndertowWorkers.install(builder, root, workers);
        undertow = builder.build();
        undertow.start();
    }

    Workers workers() {
        return workers;
    }

    Undertow undertow() {
        return undertow;
    }

    RawClient connect() throws IOException {
        return new RawClient(Ports.of(undertow));
    }

    @Override
    public void close() {
        undertow.stop();
        workers.close();
    }
}
