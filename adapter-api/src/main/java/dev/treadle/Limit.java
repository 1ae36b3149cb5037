package dev.treadle;

import static java.util.Objects.requireNonNull;

import dev.treadle.internal.engine.Engine;
import dev.treadle.internal.gate.Limiter;
import dev.treadle.settings.LimitSettings;
import dev.treadle.settings.QueueOrder;
import dev.treadle.stats.LimitStats;
import dev.treadle.stats.RefusalReason;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An inner limit for one slow dependency, so that it cannot take every place of the gate. At most N
 * calls are at it at a time. The next calls wait in the queue, up to a length and a time, and the
 * rest is refused at once. Made with {@link Workers#limit(String, int)}:
 *
 * <pre>{@code
 * private final Limit payments = workers.limit("payments", 50);
 * ...
 * Receipt receipt = payments.call(() -> client.pay(order));
 * }</pre>
 *
 * <p>A call that waits here is inside the gate, and holds its place there. If a whole path goes to
 * the dependency, let the gate hold its requests instead, with the setting {@code limit}: those
 * requests wait in front of the gate. Not reentrant: a call that asks for the limit it holds may
 * wait for itself. Safe for any thread, one of the workers' or not.
 *
 * @since 0.2.0
 */
public final class Limit {
    private final String name;
    private final Limiter limiter;
    private final Engine engine;

    Limit(LimitSettings settings, Engine engine) {
        this.name = settings.name();
        this.engine = engine;
        this.limiter =
                new Limiter(settings.limit(), settings.queue(), settings.queueTimeout(), () -> {});
    }

    void change(LimitSettings settings) {
        limiter.change(
                settings.limit(), settings.queue(), settings.queueTimeout(), QueueOrder.FIFO);
    }

    /**
     * Waits for a place and takes it. Close the pass once, on any thread. Closing it again is
     * harmless. If it is never closed its place is lost.
     *
     * @throws RefusedException if the queue is full, or the longest time in it is over
     * @throws InterruptedException if interrupted in the queue, by harakiri say
     */
    public Pass enter() throws RefusedException, InterruptedException {
        RefusalReason refused = limiter.enter(engine).refused();
        if (refused != null) {
            throw new RefusedException(refused);
        }
        return new Pass();
    }

    /**
     * Runs {@code work} inside the limit, on the current thread.
     *
     * @throws RefusedException if the queue is full, or the longest time in it is over
     * @throws InterruptedException if interrupted in the queue, by harakiri say
     * @throws Exception what {@code work} throws
     */
    public <T> T call(Callable<T> work) throws Exception {
        requireNonNull(work, "work");
        Pass pass = enter();
        try {
            return work.call();
        } finally {
            pass.close();
        }
    }

    /** Returns its name. */
    public String name() {
        return name;
    }

    /** Returns its state and counters. */
    public LimitStats stats() {
        return limiter.stats(name);
    }

    @Override
    public String toString() {
        return stats().toString();
    }

    /** A place inside a limit. */
    public final class Pass implements AutoCloseable {
        private final long since = System.nanoTime();
        private final AtomicBoolean closed = new AtomicBoolean();

        private Pass() {}

        /** Gives the place to the next in the queue, or back. */
        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                long now = System.nanoTime();
                limiter.ran(now - since, now);
                limiter.leave();
            }
        }
    }
}
