package dev.treadle.internal.engine;

import java.util.concurrent.locks.LockSupport;

/**
 * The delay that the machine itself adds to short waits meanwhile. A platform thread parks for 1 ms
 * again and again, and the longest delay of a wake-up is kept.
 */
final class Oversleep {
    static final String WORD = "OVERSLEPT";
    private static final long NAP_NANOS = 1_000_000;

    private volatile long greatestNanos;

    Oversleep() {
        Thread.ofPlatform().daemon().name("probe-oversleep").start(this::watch);
    }

    private void watch() {
        while (true) {
            long begun = System.nanoTime();
            LockSupport.parkNanos(NAP_NANOS);
            greatestNanos = Math.max(greatestNanos, System.nanoTime() - begun - NAP_NANOS);
        }
    }

    String line() {
        return WORD + " " + greatestNanos;
    }
}
