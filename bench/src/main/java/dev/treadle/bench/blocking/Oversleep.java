package dev.treadle.bench.blocking;

import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The delay that the machine itself adds to short waits meanwhile. A platform thread parks for 1 ms
 * again and again, and the longest delay of a wake-up is kept. Its text is one line that one
 * process sends to another.
 */
final class Oversleep {
    private static final String WORD = "OVERSLEPT";
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

    @Override
    public String toString() {
        return WORD + " " + greatestNanos;
    }

    static Optional<Double> parseMillis(String line) {
        String[] words = line.split(" ");
        return words.length == 2 && words[0].equals(WORD)
                ? Optional.of(Long.parseLong(words[1]) / 1e6)
                : Optional.empty();
    }
}
