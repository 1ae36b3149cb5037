package dev.treadle.tomcat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.treadle.gate.GateAnswer;

import org.apache.catalina.connector.Response;
import org.apache.coyote.ActionCode;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An answer of the gate itself, in place of the application's. */
final class OwnAnswer {
    private OwnAnswer() {}

    /**
     * Answers a request that does not come to the application, or whose answer it has not begun.
     */
    static void write(Response response, GateAnswer answer) throws IOException {
        byte[] body = body(answer);
        response.setStatus(answer.status());
        if (answer.retryAfterSeconds() > 0) {
            response.setHeader("Retry-After", String.valueOf(answer.retryAfterSeconds()));
        }
        AdmittedRequest inside = AdmittedRequest.of(response.getRequest());
        boolean ended = inside != null && inside.isInputEnded();
        Exchange exchange = Exchange.of(response.getRequest().getCoyoteRequest());
        if ((answer.close() || ended) && exchange != null && exchange.isHttp1()) {
            response.setHeader("Connection", "close");
        }
        if (exchange != null) {
            exchange.answersBeforeTheBody();
        }
        response.setContentType("text/plain");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.finishResponse();
    }

    /**
     * Answers on a thread of Tomcat while the application may hold the response; closes the
     * connection if an answer has begun. It bypasses Tomcat's OutputBuffer, which is not safe for
     * two threads. Bytes that the application has written there are discarded. Bytes that it writes
     * at this very moment are cut off by the content length (on HTTP/1.1, without compression).
     */
    static void writePast(Response response, GateAnswer answer) {
        org.apache.coyote.Response coyote = response.getCoyoteResponse();
        response.setSuspended(true); // what the application writes from now on is dropped
        if (coyote.isCommitted()) {
            coyote.action(ActionCode.CLOSE_NOW, null);
            return;
        }
        byte[] body = body(answer);
        try {
            response.resetBuffer();
            coyote.reset();
            coyote.setStatus(answer.status());
            if (answer.retryAfterSeconds() > 0) {
                coyote.setHeader("Retry-After", String.valueOf(answer.retryAfterSeconds()));
            }
            coyote.setContentType("text/plain");
            coyote.setContentLength(body.length);
            coyote.doWrite(ByteBuffer.wrap(body));
            coyote.action(ActionCode.CLIENT_FLUSH, null);
        } catch (IOException | IllegalStateException gone) {
            coyote.action(ActionCode.CLOSE_NOW, gone);
        }
    }

    private static byte[] body(GateAnswer answer) {
        return (answer.words() + "\n").getBytes(US_ASCII);
    }
}
