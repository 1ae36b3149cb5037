package dev.treadle.jetty;

import dev.treadle.Permit;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import java.nio.ByteBuffer;

/**
 * The response of an admitted request. If the request was interrupted (harakiri, or past the grace
 * of a stop) and the application fails of it, the answer is 503: the failure is the server's doing,
 * and another try may succeed. A servlet context turns the failure into its error page by itself,
 * before the gate sees anything; so the 500 is caught here, at its first byte.
 */
final class GatedResponse extends Response.Wrapper {
    private final Permit permit;
    private final ServiceUnavailable unavailable;

    // Jetty calls write once at a time, each after the callback of the one before
    private boolean replaced;

    GatedResponse(
            Request request, Response response, Permit permit, ServiceUnavailable unavailable) {
        super(request, response);
        this.permit = permit;
        this.unavailable = unavailable;
    }

    @Override
    public void write(boolean last, ByteBuffer content, Callback callback) {
        if (replaced) {
            callback.succeeded();
        } else if (!isCommitted()
                && getStatus() == HttpStatus.INTERNAL_SERVER_ERROR_500
                && permit.interrupted()) {
            replaced = true;
            unavailable.answerInterrupted(getRequest(), getWrapped(), callback);
        } else {
            super.write(last, content, callback);
        }
    }
}
