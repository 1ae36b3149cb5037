package dev.treadle.launcher.host;

import dev.treadle.Greenlets;

/**
 * The moment at which a request has passed the gate, and where it runs.
 *
 * @param nanoTime as {@link System#nanoTime} says it
 * @param hub the number of its hub; {@link ServedRequest#UNKNOWN} without hubs
 */
public record Passage(long nanoTime, int hub) {
    /** Of the request that the current thread runs. */
    public static Passage now() {
        return new Passage(System.nanoTime(), Greenlets.hub().orElse(ServedRequest.UNKNOWN));
    }
}
