package dev.treadle.stats;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The threads that run requests.
 *
 * @param tasks tasks of any kind that run, requests included
 * @param threads platform threads of the pool, or live greenlets or virtual threads
 * @param retiring engines of before a switch on which tasks go on
 * @since 0.2.0
 */
public record EngineStats(int tasks, int threads, int retiring) {
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("tasks", tasks);
        map.put("threads", threads);
        map.put("retiring", retiring);
        return map;
    }
}
