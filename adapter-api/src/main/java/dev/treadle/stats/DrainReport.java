package dev.treadle.stats;

import java.time.Duration;
import java.util.List;

/**
 * How a drain ended.
 *
 * @param took how long it took
 * @param cutOff the requests that were still inside when the grace was over, oldest first; they
 *     were interrupted. Empty if every request ended by itself
 * @since 0.2.0
 */
public record DrainReport(Duration took, List<RunningRequest> cutOff) {
    /** Makes the list immutable. */
    public DrainReport {
        cutOff = List.copyOf(cutOff);
    }

    /** Whether every request ended within the grace. */
    public boolean complete() {
        return cutOff.isEmpty();
    }
}
