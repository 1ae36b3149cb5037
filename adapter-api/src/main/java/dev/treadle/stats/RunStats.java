package dev.treadle.stats;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long requests were inside, from their admission to their completion; the time in queues is
 * not in it. Event streams that are counted apart from N are left out: they are open for as long as
 * their client likes. For a limit by path these are its requests, and for a plain-name limit the
 * calls that held it.
 *
 * @param ended how many have ended, since the start
 * @param totalTime their times, added up
 * @param recent how long each of those was inside that has ended lately
 * @since 0.2.0
 */
public record RunStats(long ended, Duration totalTime, RecentTimes recent) {
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("ended", ended);
        map.put("totalTimeMillis", totalTime.toMillis());
        recent.addTo(map);
        return map;
    }
}
