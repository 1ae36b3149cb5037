package dev.treadle.tomcat;

import dev.treadle.Gate;
import dev.treadle.Permit;
import dev.treadle.RefusedException;
import dev.treadle.Workers;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The gate at the outermost place that sees a whole request: a valve of the engine.
 *
 * <p>A request comes through here once, and once more for each asynchronous dispatch
 * (CoyoteAdapter.asyncDispatch, 10.1 and 11), when it has its permit already: that is kept in a
 * note of Tomcat's request object, which Tomcat clears when the request is over. Error dispatches
 * happen further inside and do not come here. An upgrade leaves through here as soon as the upgrade
 * is answered, so an open WebSocket holds no permit.
 */
final class GateValve extends ValveBase {
    private static final String PERMIT = "dev.treadle.permit";

    private final Workers workers;
    private final Gate gate;

    GateValve(Workers workers) {
        super(true);
        this.workers = workers;
        this.gate = workers.gate();
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (request.getNote(PERMIT) instanceof Permit held) {
            runInside(held, request, response);
            return;
        }
        Permit permit;
        try {
            permit = gate.enter(request.getMethod(), path(request));
        } catch (RefusedException refusal) {
            refuse(response, refusal.reason());
            return;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            refuse(response, RefusedException.Reason.DRAINING);
            return;
        }
        boolean async = false;
        try {
            request.setNote(PERMIT, permit);
            runInside(permit, request, response);
            if (request.isAsync()) {
                // From here on Tomcat calls onComplete whatever becomes of the request, and not
                // before this thread has
                // left the processor (AsyncStateMachine): the listener cannot come too late.
                boolean threw = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) != null;
                request.getAsyncContextInternal()
                        .addListener(new ReleaseOnComplete(permit, response, threw));
                async = true;
            } else {
                finish(response);
            }
        } finally {
            if (!async) {
                permit.release();
            }
        }
    }

    /** The path without query and path parameters, which may hold secrets such as a session id. */
    private static String path(Request request) {
        String path = request.getDecodedRequestURI();
        return path == null ? "" : path;
    }

    private void runInside(Permit permit, Request request, Response response)
            throws IOException, ServletException {
        permit.enterThread();
        try {
            getNext().invoke(request, response);
        } finally {
            permit.leaveThread();
        }
    }

    /**
     * Writes out what Tomcat's buffers still hold. Tomcat does it too, but behind this valve
     * (CoyoteAdapter.service): a permit that is back before the answer is out lets a drain end, and
     * the connection close, with the answer unsent.
     */
    private static void finish(Response response) {
        try {
            response.finishResponse();
        } catch (IOException clientGone) {
            // CoyoteAdapter finds the same, and ends the connection
        }
    }

    private void refuse(Response response, RefusedException.Reason reason) throws IOException {
        byte[] body =
                ("503 Service Unavailable: " + reason.words() + "\n")
                        .getBytes(StandardCharsets.US_ASCII);
        response.setStatus(503);
        response.setHeader("Retry-After", String.valueOf(workers.settings().retryAfterSeconds()));
        if (reason == RefusedException.Reason.DRAINING) {
            response.setHeader("Connection", "close");
        }
        response.setContentType("text/plain");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.finishResponse();
    }

    /** Gives the permit back at the end of the last asynchronous cycle. */
    private static final class ReleaseOnComplete implements AsyncListener {
        private final Permit permit;
        private final Response response;
        private final boolean threw;

        ReleaseOnComplete(Permit permit, Response response, boolean threw) {
            this.permit = permit;
            this.response = response;
            this.threw = threw;
        }

        @Override
        public void onComplete(AsyncEvent event) {
            finish(response);
            permit.release();
        }

        /**
         * A dispatch that starts asynchronous work again clears the listeners of the cycle before
         * (Servlet 6.0, 9.6).
         */
        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // onComplete follows
        }

        /**
         * onComplete follows, but for a servlet that threw after startAsync: there Tomcat 10.1.55
         * and 11.0.25 call onError and then fail themselves ("Calling [asyncPostProcess()] is not
         * valid for a request with Async state [MUST_ERROR]"), and no listener hears of that
         * request again.
         */
        @Override
        public void onError(AsyncEvent event) {
            if (threw) {
                permit.release();
            }
        }
    }
}
