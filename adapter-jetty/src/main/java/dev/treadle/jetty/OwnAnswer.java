package dev.treadle.jetty;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.treadle.gate.GateAnswer;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import java.nio.ByteBuffer;

/**
 * An answer of the gate itself: a status and a few words. It is not Jetty's error page, and so not
 * the application's: under overload an error page would run the application code that the gate has
 * just refused to run.
 */
final class OwnAnswer {
    private OwnAnswer() {}

    /** Answers in the place of an application that was interrupted before it began its answer. */
    static void insteadOfTheApplication(
            GateAnswer answer, Request request, Response response, Callback callback) {
        response.reset();
        write(answer, request, response, callback);
    }

    /** Answers a request that does not come to the application. */
    static void write(GateAnswer answer, Request request, Response response, Callback callback) {
        response.setStatus(answer.status());
        HttpFields.Mutable headers = response.getHeaders();
        if (answer.retryAfterSeconds() > 0) {
            headers.put(HttpHeader.RETRY_AFTER, answer.retryAfterSeconds());
        }
        headers.put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
        // A body that is not here yet cannot be skipped: Jetty closes the connection after the
        // answer, and the client is told.
        boolean bodySkipped = request.consumeAvailable();
        if (answer.close() || !bodySkipped) {
            headers.put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        }
        response.write(true, ByteBuffer.wrap((answer.words() + "\n").getBytes(US_ASCII)), callback);
    }
}
