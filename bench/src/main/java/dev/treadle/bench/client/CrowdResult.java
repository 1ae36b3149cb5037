package dev.treadle.bench.client;

import java.util.List;

/**
 * The outcome of a crowd. A request counts in the second of its planned time, an answer in the
 * second it came in. Events after the last second are in the sums, and count in the last phase.
 *
 * @param users how many came
 * @param reloads how often one of them asked anew
 * @param ok answered with 200
 * @param unavailable answered with 503
 * @param tooMany answered with 429
 * @param other answered with something else
 * @param failed connections that broke, or could not be opened
 * @param gaveUp users who have waited and reloaded, and do not any more
 * @param latency of the served, from the first click on
 * @param lag how late requests were sent
 * @param seconds one for each
 * @param phases one for each
 * @param problem the first one; empty if there was none
 */
public record CrowdResult(
        long users,
        long reloads,
        long ok,
        long unavailable,
        long tooMany,
        long other,
        long failed,
        long gaveUp,
        Latency latency,
        Latency lag,
        List<Span> seconds,
        List<Span> phases,
        String problem) {
    /**
     * Times in milliseconds, which are -1 if there are none.
     *
     * @param p50 the median
     * @param p99 the 99th percentile
     * @param p999 the 99.9th percentile
     * @param max the greatest
     */
    public record Latency(double p50, double p99, double p999, double max) {}

    /**
     * A second, or a phase.
     *
     * @param offered requests sent, reloads among them
     * @param served answered with what was asked for
     * @param refused answered with 503 or 429
     * @param lost failed, answered with something else, or given up
     * @param latency of the served
     */
    public record Span(long offered, long served, long refused, long lost, Latency latency) {}
}
