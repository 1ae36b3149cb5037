package dev.treadle.undertow;

import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ResponseCommitListener;
import io.undertow.util.ConduitFactory;

import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Makes the threads of one exchange park while they wait for its client. Added before any other
 * wrapper, and so innermost: whatever Undertow or the application wrap around it still sees each
 * wait.
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
     * @param commit is told before the answer begins: innermost too. One wrapper for both: each
     *     request pays for each
     */
    void addTo(HttpServerExchange exchange, ResponseCommitListener commit) {
        if (!exchange.isRequestComplete() && exchange.isRequestChannelAvailable()) {
            exchange.addRequestWrapper(this::source);
        }
        if (exchange.isResponseChannelAvailable()) {
            exchange.addResponseWrapper((below, same) -> sink(below, same, commit));
        }
    }

    private StreamSourceConduit source(
            ConduitFactory<StreamSourceConduit> below, HttpServerExchange exchange) {
        ParkingSource made = new ParkingSource(below.create(), sourceChannels.of(exchange));
        source = made;
        return made;
    }

    private StreamSinkConduit sink(
            ConduitFactory<StreamSinkConduit> below,
            HttpServerExchange exchange,
            ResponseCommitListener commit) {
        commit.beforeCommit(exchange);
        ParkingSink made =
                new ParkingSink(below.create(), Connectors.getConduitSinkChannel(exchange));
        sink = made;
        return made;
    }

    /**
     * The exchange is complete: wakes whoever waits all the same, such as a thread the application
     * has forgotten.
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
