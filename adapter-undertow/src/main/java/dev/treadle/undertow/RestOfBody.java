package dev.treadle.undertow;

import io.undertow.server.HttpServerExchange;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The rest of a request's body after a complete response. It holds no place any more. Undertow
 * reads on and drops it, so that the connection can be used again; but if the client has not sent
 * all of it after {@value #LONGEST_SECONDS} s, the connection is closed (HTTP/2: the stream is
 * reset). Not at once: a client whose connection is reset may lose the response.
 */
final class RestOfBody {
    static final int LONGEST_SECONDS = 5;

    private RestOfBody() {}

    /** Sees to the end of an exchange whose response is complete. */
    static void of(HttpServerExchange exchange) {
        try {
            exchange.getIoThread()
                    .executeAfter(() -> cut(exchange), LONGEST_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException ended) {
            CutOff.cut(exchange); // the I/O thread closes all its connections anyway
        }
    }

    private static void cut(HttpServerExchange exchange) {
        if (!exchange.isComplete()) {
            CutOff.cut(exchange);
        }
    }
}
