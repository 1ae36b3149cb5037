package dev.treadle.undertow;

import dev.treadle.Gate;
import dev.treadle.GateListener;
import dev.treadle.Permit;
import dev.treadle.RefusedException;

import io.undertow.server.HttpServerExchange;

import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

import java.util.concurrent.TimeUnit;

/**
 * A request on its way through the gate. While it waits in line it is this object, a place in line
 * and a timer; no thread.
 *
 * <p><b>Who owns the exchange</b>: the I/O thread runs this when the exchange is out of its call
 * chain. From the call of {@code gate.enter} on it belongs to whoever calls {@link #admitted} or
 * {@link #refused}, one of them, once.
 *
 * <p><b>The timer is always cancelled or harmless</b>: {@code settled} is written before {@code
 * timer} is read by the one who admits or refuses, and {@code timer} before {@code settled} is read
 * by the I/O thread that starts it, so at least one of the two sees both. A timer that fires all
 * the same gives up a place that is not in line any more, which does nothing.
 */
final class Arrival implements Runnable, GateListener {
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
        Gate.Place place =
                gate.enter(exchange.getRequestMethod().toString(), exchange.getRequestPath(), this);
        if (place != null) {
            timer =
                    exchange.getIoThread()
                            .executeAfter(
                                    place::giveUp,
                                    gate.queueTimeout().toMillis(),
                                    TimeUnit.MILLISECONDS);
            if (settled) {
                cancelTimer();
            }
        }
    }

    @Override
    public void admitted(Permit permit) {
        settled = true;
        cancelTimer();
        new AdmittedRequest(exchange, permit, handler).start();
    }

    @Override
    public void refused(RefusedException refusal) {
        settled = true;
        cancelTimer();
        if (exchange.isInIoThread()) {
            handler.refusal().answer(exchange, refusal.reason());
        } else { // a drain refuses the line on its own thread
            exchange.getIoThread()
                    .execute(() -> handler.refusal().answer(exchange, refusal.reason()));
        }
    }

    private void cancelTimer() {
        XnioExecutor.Key started = timer;
        if (started != null) {
            started.remove();
        }
    }
}
