package dev.treadle.stats;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requests at one moment: those inside, those that were refused, and how they ended.
 *
 * @param limit N
 * @param active requests inside, those of priority paths and event streams not counted
 * @param streams event streams that are open, and are counted apart from N
 * @param completed requests that were inside and are complete, since the start
 * @param refused all requests that were refused, since the start
 * @param refusedByLimits of those, the ones at limits by path
 * @param harakiris requests interrupted because they ran longer than allowed, since the start
 * @param stuck requests that run on although they were interrupted for that
 * @param longestRunning the age of the oldest request inside that is no event stream; zero if there
 *     is none
 * @param draining whether new requests are refused because of a drain
 * @param queue the requests in the queue, at the gate and at the limits by path
 * @param run how long requests were inside, those of priority paths too
 * @since 0.2.0
 */
public record GateStats(
        int limit,
        int active,
        int streams,
        long completed,
        Refusals refused,
        Refusals refusedByLimits,
        long harakiris,
        int stuck,
        Duration longestRunning,
        boolean draining,
        QueueStats queue,
        RunStats run) {

    /** Returns the requests refused by the gate itself, and by no limit, since the start. */
    public Refusals refusedByGate() {
        return refused.without(refusedByLimits);
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("limit", limit);
        map.put("active", active);
        map.put("streams", streams);
        map.put("completed", completed);
        map.put("refused", refused.toMap());
        map.put("refusedByLimits", refusedByLimits.toMap());
        map.put("harakiris", harakiris);
        map.put("stuck", stuck);
        map.put("longestRunningMillis", longestRunning.toMillis());
        map.put("draining", draining);
        map.put("queue", queue.toMap());
        map.put("run", run.toMap());
        return map;
    }
}
