package dev.treadle.undertow;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.treadle.gate.GateAnswer;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.Headers;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An answer of the gate itself. For a request that is refused the I/O thread writes it, and no
 * worker is taken.
 */
final class OwnAnswer {
    private static final IoCallback END =
            new IoCallback() {
                @Override
                public void onComplete(HttpServerExchange exchange, Sender sender) {
                    IoCallback.END_EXCHANGE.onComplete(exchange, sender);
                    if (!exchange.isComplete()) {
                        RestOfBody.of(exchange);
                    }
                }

                @Override
                public void onException(
                        HttpServerExchange exchange, Sender sender, IOException failure) {
                    IoCallback.END_EXCHANGE.onException(exchange, sender, failure);
                }
            };

    private OwnAnswer() {}

    /**
     * Answers; the exchange must be out of its call chain, and belong to the current I/O thread.
     */
    static void answer(HttpServerExchange exchange, GateAnswer answer) {
        Connectors.executeRootHandler(refused -> write(refused, answer), exchange);
    }

    private static void write(HttpServerExchange exchange, GateAnswer answer) {
        begin(exchange, answer);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain");
        if (answer.close() || HttpContinue.requiresContinueResponse(exchange)) {
            // A client that asked whether to send its body will not send it now, so no next request
            // can be read from this connection.
            exchange.setPersistent(false);
        }
        exchange.getResponseSender().send(answer.words(), END);
    }

    /**
     * Replaces the application's answer, which is about to begin, by this one.
     *
     * @return its body
     */
    static ByteBuffer replace(HttpServerExchange exchange, GateAnswer answer) {
        byte[] body = answer.words().getBytes(US_ASCII);
        exchange.getResponseHeaders().clear();
        begin(exchange, answer);
        exchange.getResponseHeaders()
                .put(Headers.CONTENT_TYPE, "text/plain")
                .put(Headers.CONTENT_LENGTH, body.length);
        if (answer.close()) {
            exchange.setPersistent(false);
        }
        return ByteBuffer.wrap(body);
    }

    /** Makes the answer that is about to begin this one. */
    static void begin(HttpServerExchange exchange, GateAnswer answer) {
        exchange.setStatusCode(answer.status());
        if (answer.retryAfterSeconds() > 0) {
            exchange.getResponseHeaders()
                    .put(Headers.RETRY_AFTER, String.valueOf(answer.retryAfterSeconds()));
        }
    }
}
