package dev.treadle.undertow;

import dev.treadle.Workers;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;

import java.util.concurrent.Executor;

/** The outermost handler: brings each request to the gate, on the I/O thread that parsed it. */
final class GateHandler implements HttpHandler {
    private final HttpHandler root;
    private final Workers workers;
    private final Executor executor;
    private final SourceChannels sourceChannels;

    GateHandler(
            HttpHandler root, Workers workers, Executor executor, SourceChannels sourceChannels) {
        this.root = root;
        this.workers = workers;
        this.executor = executor;
        this.sourceChannels = sourceChannels;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        // Not at once: a place may be granted on another thread at any moment from the request's
        // turn at the gate, and an
        // exchange must have left the call chain of Connectors.executeRootHandler before another
        // thread runs it.
        exchange.dispatch(SameThreadExecutor.INSTANCE, new Arrival(exchange, this));
    }

    Workers workers() {
        return workers;
    }

    SourceChannels sourceChannels() {
        return sourceChannels;
    }

    HttpHandler root() {
        return root;
    }

    Executor executor() {
        return executor;
    }
}
