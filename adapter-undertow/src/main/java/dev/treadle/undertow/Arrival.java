package dev.treadle.undertow;

import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.Gate;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.GateListener;
import dev.treadle.gate.Permit;
import dev.treadle.gate.SocketPair;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http2.Http2ServerConnection;

import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A request on its way through the gate. While it waits in the queue it consists of this object, a
 * place in the queue and a timer. It has no thread.
 *
 * <p><b>Ownership of the exchange</b>: the I/O thread runs this when the exchange is out of its
 * call chain. From the call of {@code gate.enter} on it belongs to the thread that calls {@link
 * #admitted} or {@link #answered}. One of the two is called, once.
 *
 * <p><b>The timer is always cancelled or harmless</b>: the thread that admits or refuses writes
 * {@code settled}, and then reads {@code timer}. The I/O thread that starts the timer writes {@code
 * timer}, and then reads {@code settled}. So at least one of the two sees both. A timer that fires
 * all the same gives up a place that is not in the queue any more, which does nothing.
 */
final class Arrival implements Runnable, GateListener, ClientSocket {
    private final HttpServerExchange exchange;
    private final GateHandler handler;
    private volatile XnioExecutor.@Nullable Key timer;
    private volatile boolean settled;

    Arrival(HttpServerExchange exchange, GateHandler handler) {
        this.exchange = exchange;
        this.handler = handler;
    }

    @Override
    public void run() {
        Gate gate = handler.workers().gate();
        String path = exchange.getRequestPath();
        Gate.Place place = gate.enter(exchange.getRequestMethod().toString(), path, this, this);
        if (place != null) {
            startTimer(place, place.millisLeft());
        }
    }

    private void startTimer(Gate.Place place, long millis) {
        timer =
                exchange.getIoThread()
                        .executeAfter(() -> expire(place), millis, TimeUnit.MILLISECONDS);
        if (settled) {
            cancelTimer();
        }
    }

    private void expire(Gate.Place place) {
        long again = place.expire();
        if (again > 0 && !settled) {
            startTimer(place, again); // it has come from one line into the next
        }
    }

    @Override
    public boolean isGone() {
        return exchange.getConnection() instanceof Http2ServerConnection stream
                && Http2Streams.isReset(stream, exchange);
    }

    @Override
    public @Nullable SocketPair pair() {
        ServerConnection connection = exchange.getConnection();
        return connection.getPeerAddress() instanceof InetSocketAddress remote
                        && connection.getLocalAddress() instanceof InetSocketAddress local
                        && remote.getAddress() != null
                ? new SocketPair(local.getPort(), remote.getAddress(), remote.getPort())
                : null;
    }

    @Override
    public @Nullable InetAddress address() {
        return exchange.getConnection().getPeerAddress() instanceof InetSocketAddress remote
                ? remote.getAddress()
                : null;
    }

    @Override
    public void admitted(Permit permit) {
        settled = true;
        cancelTimer();
        new AdmittedRequest(exchange, permit, handler).start();
    }

    @Override
    public void answered(GateAnswer answer) {
        settled = true;
        cancelTimer();
        if (exchange.isInIoThread()) {
            OwnAnswer.answer(exchange, answer);
        } else { // a drain, or the watch of clients, refuses on its own thread
            exchange.getIoThread().execute(() -> OwnAnswer.answer(exchange, answer));
        }
    }

    private void cancelTimer() {
        XnioExecutor.Key started = timer;
        if (started != null) {
            started.remove();
        }
    }
}
