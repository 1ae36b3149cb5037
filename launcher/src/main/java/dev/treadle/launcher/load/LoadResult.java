package dev.treadle.launcher.load;

import org.jspecify.annotations.Nullable;

/**
 * The result of one load, as the clients saw it.
 *
 * @param wallSeconds from the first connection, or the first request, to the last answer
 * @param ok requests answered in full with 200
 * @param failed all others
 * @param p50Millis the median time from the begin of a request to the end of its answer; 0 if none
 *     was answered
 * @param p99Millis its 99th percentile
 * @param firstProblem how the first failed request failed, or null
 */
public record LoadResult(
        double wallSeconds,
        int ok,
        int failed,
        double p50Millis,
        double p99Millis,
        @Nullable String firstProblem) {}
