package dev.treadle.undertow;

import dev.treadle.spi.ServerWorkers;

import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http2.Http2ServerConnection;
import io.undertow.util.SameThreadExecutor;

import java.util.concurrent.Executor;

/** The outermost handler: brings each request to the gate, on the I/O thread that parsed it. */
final class GateHandler implements HttpHandler {
    private final HttpHandler root;
    private final ServerWorkers workers;
    private final Executor executor;
    private final Executor spreading;
    private final SourceChannels sourceChannels;
    private final Http2Streams http2;
    private final SharedBufferPool buffers;

    /**
     * @param executor runs what belongs to a request
     * @param spreading runs new requests of connections that have many at a time
     */
    GateHandler(
            HttpHandler root,
            ServerWorkers workers,
            Executor executor,
            Executor spreading,
            SourceChannels sourceChannels,
            Http2Streams http2,
            SharedBufferPool buffers) {
        this.root = root;
        this.workers = workers;
        this.executor = executor;
        this.spreading = spreading;
        this.sourceChannels = sourceChannels;
        this.http2 = http2;
        this.buffers = buffers;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (exchange.getConnection() instanceof Http2ServerConnection stream) {
            http2.arrived(stream, !workers.gate().ready());
        } else if (exchange.getConnection() instanceof AbstractServerConnection connection) {
            EndedByClose.arrived(connection, exchange, buffers);
        }
        // Not at once: a place may be granted on another thread at any moment from the request's
        // turn at the gate, and an exchange must have left the call chain of
        // Connectors.executeRootHandler before another thread runs it.
        exchange.dispatch(SameThreadExecutor.INSTANCE, new Arrival(exchange, this));
    }

    ServerWorkers workers() {
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

    /** Returns the executor that a new request is handed to. */
    Executor executorFor(HttpServerExchange exchange) {
        return exchange.getConnection() instanceof Http2ServerConnection ? spreading : executor;
    }
}
