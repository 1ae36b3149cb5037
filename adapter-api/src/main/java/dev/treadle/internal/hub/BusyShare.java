package dev.treadle.internal.hub;

import java.util.concurrent.TimeUnit;

/**
 * The share of a time in which something was busy, from one look to the next. Looks that are less
 * than a second apart see the same share, so two readers do not disturb each other. Safe for any
 * thread.
 */
final class BusyShare {
    private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private long since;
    private long busyThen;
    private double share;
    private boolean known;

    /**
     * @param now by {@link System#nanoTime}
     */
    BusyShare(long now) {
        since = now;
    }

    /**
     * Returns the share, from 0 to 1.
     *
     * @param busyNanos how long it was busy in all
     * @param now by {@link System#nanoTime}
     */
    synchronized double at(long busyNanos, long now) {
        long passed = now - since;
        if (passed >= LEAST_NANOS || (!known && passed > 0)) {
            share = Math.clamp((double) (busyNanos - busyThen) / passed, 0.0, 1.0);
        }
        if (passed >= LEAST_NANOS) {
            since = now;
            busyThen = busyNanos;
            known = true;
        }
        return share;
    }
}
