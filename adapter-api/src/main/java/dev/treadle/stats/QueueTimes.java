package dev.treadle.stats;

import java.time.Duration;

/**
 * How long requests were in the queue that have left it in the last one to two minutes, admitted or
 * not. Requests that did not have to wait do not count. A percentile is at most 6.3 % above the
 * exact value; all are zero if no request has left a queue.
 *
 * @param median half of them were in the queue for no longer
 * @param p95 95 of 100 were in the queue for no longer
 * @param p99 99 of 100 were in the queue for no longer
 * @param max the longest time
 * @since 0.2.0
 */
public record QueueTimes(Duration median, Duration p95, Duration p99, Duration max) {}
