package dev.treadle.stats;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The state and counters of one inner limit at one moment.
 *
 * @param name its path pattern or plain name
 * @param limit how many at a time
 * @param active how many hold it
 * @param refused how many it refused, since the start
 * @param queue the requests that wait for it
 * @param run how long it was held
 * @since 0.2.0
 */
public record LimitStats(
        String name, int limit, int active, Refusals refused, QueueStats queue, RunStats run) {
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", name);
        map.put("limit", limit);
        map.put("active", active);
        map.put("refused", refused.toMap());
        map.put("queue", queue.toMap());
        map.put("run", run.toMap());
        return map;
    }
}
