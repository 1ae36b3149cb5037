package dev.treadle.undertow;

import dev.treadle.RefusedException.Reason;

import io.undertow.io.IoCallback;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;

/**
 * The answer to a request that is not let in. It is written by the I/O thread and takes no worker.
 */
final class Refusal {
    private final String retryAfter;

    Refusal(int retryAfterSeconds) {
        this.retryAfter = String.valueOf(retryAfterSeconds);
    }

    /**
     * Answers; the exchange must be out of its call chain, and belong to the current I/O thread.
     */
    void answer(HttpServerExchange exchange, Reason reason) {
        Connectors.executeRootHandler(refused -> write(refused, reason), exchange);
    }

    private void write(HttpServerExchange exchange, Reason reason) {
        unavailable(exchange);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain");
        if (reason == Reason.DRAINING || HttpContinue.requiresContinueResponse(exchange)) {
            // A client that asked whether to send its body will not send it now, so there is no
            // next request to be found
            // behind it on this connection.
            exchange.setPersistent(false);
        }
        exchange.getResponseSender().send(reason.words(), IoCallback.END_EXCHANGE);
    }

    /** Makes the answer that is about to begin 503. */
    void unavailable(HttpServerExchange exchange) {
        exchange.setStatusCode(StatusCodes.SERVICE_UNAVAILABLE);
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, retryAfter);
    }
}
