package dev.treadle.tomcat;

import dev.treadle.gate.Gate;
import dev.treadle.spi.ServerWorkers;

import org.apache.catalina.connector.Connector;
import org.apache.coyote.Adapter;
import org.apache.coyote.ProtocolHandler;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;
import org.jspecify.annotations.Nullable;

/**
 * The outermost place that all threads come through that Tomcat runs for a request: for its first
 * run, for asynchronous dispatches, timeouts and errors, and for listeners of non-blocking I/O,
 * which Tomcat calls outside the pipeline (CoyoteAdapter.asyncDispatch, 10.1 and 11). Gives the
 * place back when Tomcat has finished the response and told all listeners.
 */
final class GatedAdapter implements Adapter {
    private final Adapter catalina;
    private final Gate gate;
    private final RestsOfBodies rests;

    private GatedAdapter(Adapter catalina, Gate gate, RestsOfBodies rests) {
        this.catalina = catalina;
        this.gate = gate;
        this.rests = rests;
    }

    /** Puts one in front of the adapter of a connector that is initialised. */
    static void putInto(Connector connector, ServerWorkers workers) {
        ProtocolHandler protocol = connector.getProtocolHandler();
        Adapter present = protocol.getAdapter();
        if (!(present instanceof GatedAdapter)) {
            protocol.setAdapter(
                    new GatedAdapter(
                            present, workers.gate(), new RestsOfBodies(workers, protocol)));
        }
    }

    /** Whether the connector of a request has one. */
    static boolean serves(org.apache.catalina.connector.Request request) {
        return request.getConnector().getProtocolHandler().getAdapter() instanceof GatedAdapter;
    }

    @Override
    public void service(Request request, Response response) throws Exception {
        Exchange exchange = Exchange.bind(request, response, gate);
        exchange.endFormer();
        boolean served = false;
        try {
            catalina.service(request, response);
            served = true;
        } finally {
            threadLeaves(exchange, served);
        }
    }

    @Override
    public boolean asyncDispatch(Request request, Response response, SocketEvent status)
            throws Exception {
        Exchange exchange = Exchange.of(request);
        if (exchange != null && exchange.threadEnters() == null) {
            exchange = null; // none of its requests is inside
        }
        boolean served = false;
        try {
            served = catalina.asyncDispatch(request, response, status);
            return served;
        } finally {
            threadLeaves(exchange, served);
        }
    }

    private void threadLeaves(@Nullable Exchange exchange, boolean served) {
        if (exchange != null && !exchange.threadLeaves(served)) {
            exchange.unbind();
            if (exchange.hasRestOfBody()) {
                rests.add(exchange);
            }
        }
        // an interrupt that the application has left must not reach the next request: a pipelined
        // one runs on this very thread (AbstractProcessorLight.process, Http11Processor.service)
        Thread.interrupted();
    }

    @Override
    public boolean prepare(Request request, Response response) throws Exception {
        return catalina.prepare(request, response);
    }

    @Override
    public void log(Request request, Response response, long time) {
        catalina.log(request, response, time);
    }

    /**
     * A processor of HTTP/1.1 calls this before it is used for another connection
     * (Http11Processor.recycle, 10.1.55 and 11.0.25): none of its requests is inside any longer.
     */
    @Override
    public void checkRecycled(Request request, Response response) {
        Exchange exchange = Exchange.of(request);
        if (exchange != null) {
            exchange.endFormer();
        }
        catalina.checkRecycled(request, response);
    }

    @Override
    public String getDomain() {
        return catalina.getDomain();
    }
}
