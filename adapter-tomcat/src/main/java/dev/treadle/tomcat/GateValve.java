package dev.treadle.tomcat;

import dev.treadle.Gate;
import dev.treadle.GateAnswer;
import dev.treadle.Permit;
import dev.treadle.RefusedException;
import dev.treadle.SocketPair;
import dev.treadle.Workers;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;

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
    private static final String ASYNC = "dev.treadle.async";

    private final Gate gate;

    GateValve(Workers workers) {
        super(true);
        this.gate = workers.gate();
    }

    /** Returns the permit of a request that is inside; null if it has none. */
    static @Nullable Permit permitOf(Request request) {
        return request.getNote(PERMIT) instanceof Permit held ? held : null;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        Permit held = permitOf(request);
        if (held != null) {
            invokeAgain(held, request, response);
            return;
        }
        CommitHook.install(response, gate);
        String path = path(request);
        GateAnswer probed = gate.probe(path);
        if (probed != null) {
            OwnAnswer.write(response, probed);
            return;
        }
        try {
            invokeInside(
                    gate.enter(request.getMethod(), path, () -> client(request)),
                    request,
                    response);
        } catch (RefusedException refusal) {
            OwnAnswer.write(response, gate.answer(refusal.reason()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            OwnAnswer.write(response, gate.answer(RefusedException.Reason.DRAINING));
        }
    }

    private void invokeInside(Permit permit, Request request, Response response)
            throws IOException, ServletException {
        boolean async = false;
        try {
            request.setNote(PERMIT, permit);
            runInside(permit, request, response);
            if (request.isAsync()) {
                // From here on Tomcat calls onComplete whatever becomes of the request, and not
                // before this thread has
                // left the processor (AsyncStateMachine): the listener cannot come too late.
                boolean threw = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) != null;
                AsyncRun run = new AsyncRun(permit, gate, request, response, threw);
                request.setNote(ASYNC, run);
                request.getAsyncContextInternal().addListener(run);
                permit.endedBy(run);
                permit.goesAsync();
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

    /**
     * An asynchronous dispatch; one of a request that is overdue does not come to the application.
     */
    private void invokeAgain(Permit permit, Request request, Response response)
            throws IOException, ServletException {
        if (permit.interrupted()
                && request.isAsyncDispatching()
                && request.getNote(ASYNC) instanceof AsyncRun run) {
            run.answer();
        } else {
            runInside(permit, request, response);
        }
    }

    /** The path without query and path parameters, which may hold secrets such as a session id. */
    private static String path(Request request) {
        String path = request.getDecodedRequestURI();
        return path == null ? "" : path;
    }

    /** The ends of the connection itself: what a proxy or a RemoteIpValve says is another thing. */
    private static @Nullable SocketPair client(Request request) {
        org.apache.coyote.Request coyote = request.getCoyoteRequest();
        coyote.action(ActionCode.REQ_PEER_ADDR_ATTRIBUTE, coyote);
        coyote.action(ActionCode.REQ_REMOTEPORT_ATTRIBUTE, coyote);
        coyote.action(ActionCode.REQ_LOCALPORT_ATTRIBUTE, coyote);
        String address = coyote.peerAddr().toString();
        if (address == null || address.isEmpty() || coyote.getRemotePort() <= 0) {
            return null;
        }
        try {
            return new SocketPair(
                    coyote.getLocalPort(),
                    InetAddress.getByName(address), // of a literal: nothing is looked up
                    coyote.getRemotePort());
        } catch (UnknownHostException noAddress) {
            return null;
        }
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
    static void finish(Response response) {
        try {
            response.finishResponse();
        } catch (IOException clientGone) {
            // CoyoteAdapter finds the same, and ends the connection
        }
    }
}
