package dev.treadle.stats;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requests that wait for a place.
 *
 * @param waiting how many wait
 * @param longestWaiting how long the first has waited, of all queues; zero if none waits
 * @param left requests that have left a queue, with any outcome, since the start
 * @param totalTime the time that those waited, added up
 * @param recent how long each of those waited that have left a queue lately
 * @since 0.2.0
 */
public record QueueStats(
        int waiting, Duration longestWaiting, long left, Duration totalTime, QueueTimes recent) {

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("waiting", waiting);
        map.put("longestWaitingMillis", longestWaiting.toMillis());
        map.put("left", left);
        map.put("totalTimeMillis", totalTime.toMillis());
        map.put("medianMillis", recent.median().toMillis());
        map.put("p95Millis", recent.p95().toMillis());
        map.put("p99Millis", recent.p99().toMillis());
        map.put("maxMillis", recent.max().toMillis());
        return map;
    }
}
