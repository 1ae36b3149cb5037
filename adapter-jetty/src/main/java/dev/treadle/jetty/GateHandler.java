package dev.treadle.jetty;

import dev.treadle.gate.Admission;
import dev.treadle.gate.Gate;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.Permit;
import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * The gate as the outermost handler of a running server. Jetty calls it once for each request:
 * asynchronous and error dispatches of servlets stay inside their context. It parks the thread of
 * the request, which is one of the workers', while the request waits in the queue.
 *
 * <p>The permit comes back when Jetty completes the stream of the request, which it does exactly
 * once in all cases: after the last byte of the answer, of asynchronous requests too, after an
 * Error, when the client is gone, or when the connection has become a WebSocket.
 */
final class GateHandler extends Handler.Wrapper {
    private static final Logger LOG = System.getLogger("dev.treadle.jetty");

    private final ServerWorkers workers;
    private final Gate gate;
    private final Http2 http2;

    GateHandler(ServerWorkers workers, Http2 http2) {
        this.workers = workers;
        this.http2 = http2;
        this.gate = workers.gate();
    }

    /** Wraps the handler of the server before the server starts. */
    void putOutermost(Server server) {
        Handler outermost = server.getHandler();
        // it is there already if the last start or stop failed
        if (!equals(outermost)) {
            setHandler(outermost);
            server.setHandler(this);
        }
    }

    /**
     * Gives a stopped server back the handler it had, so that it may be wrapped or replaced before
     * the next start.
     */
    void takeOut(Server server) {
        if (equals(server.getHandler())) {
            Handler inner = getHandler();
            setHandler((Handler) null);
            server.setHandler(inner);
        }
    }

    /**
     * A request may wait here, so a selector must never run it, even if all handlers inside are
     * non-blocking.
     */
    @Override
    public InvocationType getInvocationType() {
        return InvocationType.BLOCKING;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        http2.arrived(request);
        if (!gate.ready()) {
            http2.goAway(request); // its connection may have been opened since the stop began
        }
        Admission admission;
        try {
            admission =
                    gate.enter(
                            request.getMethod(), path(request), new RequestClient(request, http2));
        } catch (InterruptedException inLine) {
            // only the end of the workers interrupts in the queue
            OwnAnswer.write(gate.answerStopping(), request, response, callback);
            Thread.currentThread().interrupt();
            return true;
        }
        return switch (admission) {
            case Permit permit -> handleWith(permit, request, response, callback);
            case GateAnswer answer -> {
                OwnAnswer.write(answer, request, response, callback);
                yield true;
            }
        };
    }

    /**
     * The path without query and parameters, which may be secret; empty where a request has none,
     * as CONNECT.
     */
    private static String path(Request request) {
        String path = request.getHttpURI().getCanonicalPath();
        return path == null ? "" : path;
    }

    private boolean handleWith(Permit permit, Request request, Response response, Callback callback)
            throws Exception {
        GatedRequest gated;
        GatedExchange exchange;
        boolean releasedAtTheEnd = false;
        try {
            gated = new GatedRequest(request, permit);
            Duration queueTime = permit.queueTime();
            if (!queueTime.isZero()) {
                gated.setAttribute(Permit.QUEUE_TIME_ATTRIBUTE, queueTime);
            }
            exchange =
                    new GatedExchange(gated, response, callback, permit, gate, workers.executor());
            Request.addCompletionListener(request, failure -> exchange.completed());
            releasedAtTheEnd = true;
        } finally {
            if (!releasedAtTheEnd) {
                permit.release();
            }
        }
        boolean returned = false;
        try {
            boolean handled = handleInside(permit, gated, exchange);
            if (handled) {
                exchange.goesAsync();
                if (getServer().isStopped()) {
                    // A servlet context of a server that has stopped returns without completing the
                    // request (ServletChannel.handle, 12.0.36 and 12.1.12), and Jetty never does.
                    // Its connection is closed.
                    permit.release();
                }
            }
            returned = true;
            return handled;
        } catch (Exception failure) {
            if (!permit.isRefused() && (!permit.interrupted() || response.isCommitted())) {
                throw failure;
            }
            LOG.log(
                    Level.DEBUG,
                    "answered 503 instead of this failure of an interrupted request",
                    failure);
            exchange.takeOver();
            returned = true;
            return true;
        } finally {
            if (!returned) {
                exchange.disown();
            }
        }
    }

    private boolean handleInside(Permit permit, Request request, GatedExchange exchange)
            throws Exception {
        Permit before = RequestRun.begin(permit);
        try {
            return super.handle(request, exchange, exchange);
        } finally {
            RequestRun.end(permit, before);
        }
    }
}
