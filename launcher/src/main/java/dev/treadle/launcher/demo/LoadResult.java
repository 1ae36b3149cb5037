package dev.treadle.launcher.demo;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * The result of one load, as the clients saw it.
 *
 * @param wall from the first connection to the last answer
 * @param ok requests answered in full with 200
 * @param failed all others
 * @param p50Millis the median time from opening the connection to the end of the answer; 0 if none
 *     was answered
 * @param p99Millis its 99th percentile
 * @param firstProblem how the first failed request failed, or null
 */
record LoadResult(
        Duration wall,
        int ok,
        int failed,
        double p50Millis,
        double p99Millis,
        @Nullable String firstProblem) {
    double wallSeconds() {
        return wall.toMillis() / 1e3;
    }
}
