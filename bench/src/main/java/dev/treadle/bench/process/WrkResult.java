package dev.treadle.bench.process;

/**
 * The report of wrk on one load.
 *
 * @param requests how many were answered
 * @param seconds in what time
 * @param p50Millis half of the answers came faster
 * @param p99Millis 99 of 100 answers came faster
 * @param failed errors of sockets, time-outs, and answers other than 2xx
 */
public record WrkResult(
        long requests, double seconds, double p50Millis, double p99Millis, long failed) {}
