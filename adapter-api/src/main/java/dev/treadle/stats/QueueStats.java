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
 * @param recent how long each of those waited that have left a queue lately; requests that did not
 *     have to wait do not count
 * @since 0.2.0
 */
public record QueueStats(
        int waiting, Duration longestWaiting, long left, Duration totalTime, RecentTimes recent) {

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("waiting", waiting);
        map.put("longestWaitingMillis", longestWaiting.toMillis());
        map.put("left", left);
        map.put("totalTimeMillis", totalTime.toMillis());
        recent.addTo(map);
        return map;
    }
}
