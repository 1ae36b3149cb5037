package dev.treadle.undertow;

import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http2.Http2ServerConnection;
import io.undertow.util.ConduitFactory;

import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

import java.nio.ByteBuffer;

/**
 * Makes the threads of one exchange park while they wait for its client. Added before any other
 * wrapper, and so innermost: all wrappers of Undertow and the application still see each wait.
 */
final class ClientWaits {
    private final SourceChannels sourceChannels;
    private volatile @Nullable ParkingSource source;
    private volatile @Nullable ParkingSink sink;

    ClientWaits(SourceChannels sourceChannels) {
        this.sourceChannels = sourceChannels;
    }

    /**
     * Wraps what is not in use yet. A request without a body, or with all of it read, has nothing
     * to wait for.
     *
     * @param request is told before the answer begins, and when it is complete: innermost too. One
     *     wrapper for all: each request pays for each
     */
    void addTo(HttpServerExchange exchange, AdmittedRequest request) {
        if (!exchange.isRequestComplete() && exchange.isRequestChannelAvailable()) {
            exchange.addDefaultResponseListener(request);
            exchange.addRequestWrapper((below, same) -> source(below, same, request));
        }
        if (exchange.isResponseChannelAvailable()) {
            exchange.addResponseWrapper((below, same) -> sink(below, same, request));
        }
    }

    private StreamSourceConduit source(
            ConduitFactory<StreamSourceConduit> below,
            HttpServerExchange exchange,
            AdmittedRequest request) {
        ParkingSource made =
                new ParkingSource(below.create(), sourceChannels.of(exchange), exchange, request);
        source = made;
        if (exchange.getConnection() instanceof Http2ServerConnection stream) {
            Http2Streams.onClose(stream, made::over);
        }
        return made;
    }

    private StreamSinkConduit sink(
            ConduitFactory<StreamSinkConduit> below,
            HttpServerExchange exchange,
            AdmittedRequest request) {
        ByteBuffer refusal = request.beforeCommit(exchange);
        ParkingSink made =
                new ParkingSink(
                        below.create(),
                        Connectors.getConduitSinkChannel(exchange),
                        exchange,
                        request);
        sink = made;
        return refusal == null ? made : new RefusedSink(made, refusal, request);
    }

    /** Whether a thread waits for the client now. */
    boolean anybody() {
        ParkingSource request = source;
        ParkingSink answer = sink;
        return (request != null && request.isWaitedFor())
                || (answer != null && answer.isWaitedFor());
    }

    /** Ends the wait for more of the body, and lets each further read fail. */
    void fail() {
        ParkingSource request = source;
        if (request != null) {
            request.fail();
        }
    }

    /** Reads no more of the body, so that an answer does not wait for it. */
    void giveUpBody() {
        ParkingSource request = source;
        if (request != null) {
            request.giveUp();
        }
    }

    /** Whether the rest of the body is not read any more, though the client may send it. */
    boolean isBodyGivenUp() {
        ParkingSource request = source;
        return request != null && request.isGivenUp();
    }

    /**
     * The exchange is complete: wakes any thread that still waits, such as one the application has
     * forgotten.
     */
    void over() {
        ParkingSource request = source;
        if (request != null) {
            request.over();
        }
        ParkingSink answer = sink;
        if (answer != null) {
            answer.over();
        }
    }
}
