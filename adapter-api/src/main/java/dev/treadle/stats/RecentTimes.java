package dev.treadle.stats;

import java.time.Duration;
import java.util.Map;

/**
 * Times that have ended in the last one to two minutes: in a queue ({@link QueueStats}), or inside
 * ({@link RunStats}). A percentile is never below the exact value, and at most 6.3 %, or a
 * microsecond, above it. All are zero if no time has ended lately.
 *
 * @param mean the arithmetic mean
 * @param median half of the times were no longer
 * @param p95 95 of 100 were no longer
 * @param p99 99 of 100 were no longer
 * @param max the longest time
 * @since 0.2.0
 */
public record RecentTimes(
        Duration mean, Duration median, Duration p95, Duration p99, Duration max) {

    void addTo(Map<String, Object> map) {
        map.put("meanMillis", mean.toMillis());
        map.put("medianMillis", median.toMillis());
        map.put("p95Millis", p95.toMillis());
        map.put("p99Millis", p99.toMillis());
        map.put("maxMillis", max.toMillis());
    }
}
