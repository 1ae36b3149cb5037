package dev.treadle.stats;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One hub at one moment. A slice is the run of one greenlet from one blocking point to the next.
 *
 * @param index its number, from 0
 * @param queued slices that can run and wait for it
 * @param lag how long a runnable slice waits for it, as in {@link HubStats#lag}
 * @param slices slices that have begun, since the start. The first slice of a request is one, and
 *     so is every other task that a greenlet runs
 * @param longestSlice the longest slice that has ended, since the start, those of a cold JVM
 *     included
 * @param busy how long slices had this hub, since the start. The slice that has it now counts once
 *     it has ended or lost the hub
 * @param busyShare the share of the time in which slices had this hub, from 0 to 1, between two
 *     looks at these statistics that are a second or more apart, the present slice included
 * @param retakes how often it was taken from a slice that held it, and given to a spare carrier,
 *     since the start
 * @param held carriers that have lost it and are still in their slice
 * @since 0.2.0
 */
public record HubLoad(
        int index,
        int queued,
        Duration lag,
        long slices,
        Duration longestSlice,
        Duration busy,
        double busyShare,
        long retakes,
        int held) {

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double THOUSAND = 1e3;

    /** Returns the same with the counters of before a switch, and nothing of the present. */
    public HubLoad countersOnly() {
        return new HubLoad(index, 0, Duration.ZERO, slices, longestSlice, busy, 0, retakes, 0);
    }

    /** Returns both together, one of which has counters only. */
    public HubLoad and(HubLoad other) {
        return new HubLoad(
                index,
                queued + other.queued,
                lag.compareTo(other.lag) > 0 ? lag : other.lag,
                slices + other.slices,
                longestSlice.compareTo(other.longestSlice) > 0 ? longestSlice : other.longestSlice,
                busy.plus(other.busy),
                busyShare + other.busyShare,
                retakes + other.retakes,
                held + other.held);
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("index", index);
        map.put("queued", queued);
        map.put("lagMillis", lag.toMillis());
        map.put("slices", slices);
        map.put("longestSliceMillis", rounded(longestSlice.toNanos() / NANOS_PER_MILLI));
        map.put("busyMillis", busy.toMillis());
        map.put("busyShare", rounded(busyShare));
        map.put("retakes", retakes);
        map.put("held", held);
        return map;
    }

    private static double rounded(double value) {
        return Math.round(value * THOUSAND) / THOUSAND;
    }
}
