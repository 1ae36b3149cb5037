package dev.treadle.tomcat;

import dev.treadle.gate.Admission;
import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.Gate;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.Permit;
import dev.treadle.gate.SocketPair;
import dev.treadle.spi.ServerWorkers;

import jakarta.servlet.ServletException;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * The gate at the outermost place that sees a whole request: a valve of the engine.
 *
 * <p>A request comes through here once, and once more for each asynchronous dispatch
 * (CoyoteAdapter.asyncDispatch, 10.1 and 11), when it is inside already. Error dispatches happen
 * further inside and do not come here. A request leaves where the {@link GatedAdapter} ends. An
 * upgrade leaves as soon as it is answered, so an open WebSocket holds no permit.
 */
final class GateValve extends ValveBase {
    private final Gate gate;

    GateValve(ServerWorkers workers) {
        super(true);
        this.gate = workers.gate();
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        Exchange exchange =
                Exchange.bind(request.getCoyoteRequest(), response.getCoyoteResponse(), gate);
        if (GatedAdapter.serves(request)) {
            pass(exchange, request, response);
        } else {
            passUnserved(exchange, request, response);
        }
    }

    /**
     * A request of a connector that has no {@link GatedAdapter}, because it was added to a running
     * server: this valve is its outermost place.
     */
    private void passUnserved(Exchange exchange, Request request, Response response)
            throws IOException, ServletException {
        AdmittedRequest inside = exchange.current();
        if (inside == null) {
            exchange.endFormer();
        } else {
            exchange.threadEnters();
        }
        boolean served = false;
        try {
            pass(exchange, request, response);
            served = true;
        } finally {
            if (!request.isAsync()) {
                finish(response);
            }
            exchange.threadLeaves(served);
        }
    }

    private void pass(Exchange exchange, Request request, Response response)
            throws IOException, ServletException {
        AdmittedRequest inside = exchange.current();
        if (inside != null) {
            passAgain(inside, request, response);
        } else if (response.isError()) {
            // malformed: the connector has answered it already, and the application never sees it
            getNext().invoke(request, response);
        } else {
            enter(exchange, request, response);
        }
    }

    private void enter(Exchange exchange, Request request, Response response)
            throws IOException, ServletException {
        Admission admission;
        try {
            admission =
                    gate.enter(request.getMethod(), path(request), new Client(request, exchange));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            OwnAnswer.write(response, gate.answerStopping());
            return;
        }
        switch (admission) {
            case Permit permit -> {
                admit(permit, exchange, request, response);
                Duration queueTime = permit.queueTime();
                if (!queueTime.isZero()) {
                    // not the request's own attributes: listeners of the application see these
                    request.getCoyoteRequest().setAttribute(Permit.QUEUE_TIME_ATTRIBUTE, queueTime);
                }
                getNext().invoke(request, response);
            }
            case GateAnswer answer -> OwnAnswer.write(response, answer);
        }
    }

    /** Hands the permit to the exchange, which releases it; if that fails, it is released here. */
    private static void admit(
            Permit permit, Exchange exchange, Request request, Response response) {
        boolean known = false;
        try {
            exchange.admitted(new AdmittedRequest(permit, exchange, request, response));
            known = true;
        } finally {
            if (!known) { // the heap is full, for example
                permit.release();
            }
        }
    }

    /**
     * An asynchronous dispatch; one of a request that is overdue does not come to the application.
     */
    private void passAgain(AdmittedRequest inside, Request request, Response response)
            throws IOException, ServletException {
        if (inside.permit().interrupted() && request.isAsyncDispatching()) {
            inside.answer();
        } else {
            getNext().invoke(request, response);
        }
    }

    /** The path without query and path parameters, which may hold secrets such as a session id. */
    private static String path(Request request) {
        String path = request.getDecodedRequestURI();
        return path == null ? "" : path;
    }

    /**
     * The addresses of the connection itself, not those that a proxy or a RemoteIpValve reports.
     */
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

    /** Tells the gate about the client of a request, only if it asks. */
    private record Client(Request request, Exchange exchange) implements ClientSocket {
        @Override
        public @Nullable SocketPair pair() {
            return client(request);
        }

        @Override
        public @Nullable InetAddress address() {
            return exchange.clientAddress();
        }

        @Override
        public boolean isGone() {
            return exchange.isStreamGone();
        }
    }

    /**
     * Writes out what Tomcat's buffers still hold, where the place is given back before Tomcat does
     * it: a drain would end, and the connection close, with the answer unsent.
     */
    static void finish(Response response) {
        try {
            response.finishResponse();
        } catch (IOException clientGone) {
            // CoyoteAdapter finds the same, and ends the connection
        }
    }
}
