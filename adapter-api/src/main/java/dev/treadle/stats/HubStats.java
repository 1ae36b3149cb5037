package dev.treadle.stats;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The hubs of model gevent; all zero for another model.
 *
 * @param count how many hubs
 * @param carriers OS threads of the hubs' own that carry one or are held in a slice; 0 while event
 *     loops carry all hubs
 * @param retakes how often a hub that was held went to a spare carrier, since the start
 * @param longSlices slices reported as longer than {@link
 *     dev.treadle.settings.WorkerSettings#maxBlockingTime}, since the start
 * @param longestSlice the longest slice since the start, one that goes on included; zero if none
 * @param lag how long a runnable slice waits for its hub, on the hub where this is longest: the
 *     time that a probe needs, which goes through the queue ten times a second while there is work,
 *     or how long the hub has been held; zero if no hub has work
 * @param each the hubs one by one, in the order of their indexes, those of before a switch too:
 *     their counters go on
 * @since 0.2.0
 */
public record HubStats(
        int count,
        int carriers,
        long retakes,
        long longSlices,
        Duration longestSlice,
        Duration lag,
        List<HubLoad> each) {

    /** Makes the list immutable. */
    public HubStats {
        each = List.copyOf(each);
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", count);
        map.put("carriers", carriers);
        map.put("retakes", retakes);
        map.put("longSlices", longSlices);
        map.put("longestSliceMillis", longestSlice.toMillis());
        map.put("lagMillis", lag.toMillis());
        map.put("each", each.stream().map(HubLoad::toMap).toList());
        return map;
    }
}
