package dev.treadle.launcher.host;

import dev.treadle.Greenlets;

/**
 * The moment at which a request has passed the gate, and where it runs.
 *
 * @param nanoTime as {@link System#nanoTime} says it
 * @param hub the number of its hub; {@link ServedRequest#UNKNOWN} without hubs
 * @param thread that runs it
 * @param slices how many the thread had by then, the present one included; {@link
 *     ServedRequest#UNKNOWN} without hubs
 */
public record Passage(long nanoTime, int hub, Thread thread, long slices) {
    /** Of the request that the current thread runs. */
    public static Passage now() {
        return new Passage(
                System.nanoTime(),
                Greenlets.hub().orElse(ServedRequest.UNKNOWN),
                Thread.currentThread(),
                Greenlets.slices().orElse(ServedRequest.UNKNOWN));
    }

    /**
     * Returns how many slices the request had that ends now; {@link ServedRequest#UNKNOWN} without
     * hubs, and for a request that ends on another thread, as an asynchronous one does.
     */
    long slicesUntilNow() {
        return slices >= 0 && thread.equals(Thread.currentThread())
                ? Greenlets.slices().orElse(slices) - slices + 1
                : ServedRequest.UNKNOWN;
    }
}
