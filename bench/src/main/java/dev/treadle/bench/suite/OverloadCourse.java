package dev.treadle.bench.suite;

import java.time.Duration;

/**
 * The course of an overload, in whole seconds, and how its users take it.
 *
 * @param before how long all is well
 * @param during how long it is hard
 * @param after how long all could be well again
 * @param patience how long a user waits for one request, before the connection is closed
 * @param reloads how often a user asks anew before giving up
 */
public record OverloadCourse(
        Duration before, Duration during, Duration after, Duration patience, int reloads) {
    int hardFrom() {
        return (int) before.toSeconds();
    }

    int hardTo() {
        return (int) before.plus(during).toSeconds();
    }

    int end() {
        return (int) before.plus(during).plus(after).toSeconds();
    }
}
