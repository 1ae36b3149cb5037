package dev.treadle.jetty;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.treadle.RefusedException;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import java.nio.ByteBuffer;

/**
 * The answer 503 with {@code Retry-After} and a few words. It is not Jetty's error page, and so not
 * the application's: under overload that would run what the gate has just kept out.
 */
final class ServiceUnavailable {
    private static final String INTERRUPTED = "the request was interrupted";

    private final int retryAfterSeconds;

    ServiceUnavailable(int retryAfterSeconds) {
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /**
     * Answers a request that the gate does not admit. The connection stays open, unless the server
     * stops.
     */
    void answer(
            RefusedException.Reason reason, Request request, Response response, Callback callback) {
        boolean last = reason == RefusedException.Reason.DRAINING;
        write(reason.words(), last, request, response, callback);
    }

    /** Answers in the place of an application that was interrupted before it began its answer. */
    void answerInterrupted(Request request, Response response, Callback callback) {
        response.reset();
        write(INTERRUPTED, false, request, response, callback);
    }

    private void write(
            String words, boolean close, Request request, Response response, Callback callback) {
        response.setStatus(HttpStatus.SERVICE_UNAVAILABLE_503);
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(HttpHeader.RETRY_AFTER, retryAfterSeconds);
        headers.put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
        // A body that is not here yet cannot be skipped: Jetty closes the connection behind the
        // answer, and the client is told.
        boolean bodySkipped = request.consumeAvailable();
        if (close || !bodySkipped) {
            headers.put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        }
        response.write(true, ByteBuffer.wrap((words + "\n").getBytes(US_ASCII)), callback);
    }
}
