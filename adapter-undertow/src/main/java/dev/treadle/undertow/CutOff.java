package dev.treadle.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http2.Http2ServerConnection;

import org.xnio.IoUtils;

/**
 * Ends an exchange so that its client sees that the answer is not whole: the connection is closed,
 * or on HTTP/2 the stream is reset. Safe for any thread.
 */
final class CutOff {
    private CutOff() {}

    /** Cuts it off; does nothing to one that is complete. */
    static void cut(HttpServerExchange exchange) {
        if (exchange.isComplete()) {
            return;
        }
        ServerConnection connection = exchange.getConnection();
        if (connection instanceof Http2ServerConnection stream) {
            Http2Streams.reset(stream, exchange);
        } else {
            IoUtils.safeClose(connection);
        }
    }
}
