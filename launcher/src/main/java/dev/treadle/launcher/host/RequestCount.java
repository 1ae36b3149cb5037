package dev.treadle.launcher.host;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the requests inside one version of an application, until it is closed. Safe for any
 * thread.
 *
 * <p><b>Invariant</b>: one number has both the count and whether it is closed, so a request either
 * is counted before the close, which then waits for it, or is refused. The last request that leaves
 * after the close, or the close itself if there is none, opens {@code empty}, once.
 */
final class RequestCount {
    private static final long CLOSED = Long.MIN_VALUE;

    // the count, plus CLOSED
    private final AtomicLong state = new AtomicLong();
    private final CountDownLatch empty = new CountDownLatch(1);

    /** Counts one more, and returns true; false if this is closed. */
    boolean enter() {
        long now = state.get();
        while (now >= 0) {
            long seen = state.compareAndExchange(now, now + 1);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    /** One that has entered leaves. To be called once for each. */
    void leave() {
        if (state.decrementAndGet() == CLOSED) {
            empty.countDown();
        }
    }

    /** Lets nobody in any more. To be called once. */
    void close() {
        if (state.getAndAdd(CLOSED) == 0) {
            empty.countDown();
        }
    }

    /**
     * Waits until all have left. To be called after {@link #close}.
     *
     * @return how many are still inside after the grace
     */
    long awaitEmpty(Duration grace) throws InterruptedException {
        return empty.await(grace.toNanos(), TimeUnit.NANOSECONDS) ? 0 : state.get() - CLOSED;
    }
}
