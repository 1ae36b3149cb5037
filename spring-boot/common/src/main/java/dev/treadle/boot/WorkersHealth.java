package dev.treadle.boot;

import dev.treadle.Workers;
import dev.treadle.stats.WorkerStats;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The health of the workers, for the health indicators of both lines of Boot, whose classes are in
 * different packages.
 *
 * @param status the code of a status of Boot's
 * @param details for users who may see them
 * @since 0.2.0
 */
public record WorkersHealth(String status, Map<String, Object> details) {
    /**
     * A hub that does not answer for so long has stopped: the watch gives it to another carrier
     * within milliseconds, unless {@code retake} is off or no thread can be had.
     */
    private static final Duration FROZEN = Duration.ofSeconds(10);

    /** Reads it off the workers. */
    public static WorkersHealth of(Workers workers) {
        return of(workers, FROZEN);
    }

    static WorkersHealth of(Workers workers, Duration frozen) {
        WorkerStats stats = workers.stats();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("model", stats.model().word());
        details.put("limit", stats.gate().limit());
        details.put("active", stats.gate().active());
        details.put("waiting", stats.gate().queue().waiting());
        if (stats.hubs().lag().compareTo(frozen) > 0) {
            details.put(
                    "frozen",
                    "a hub has not answered for " + stats.hubs().lag().toSeconds() + " s");
            return new WorkersHealth("DOWN", details);
        }
        return new WorkersHealth(stats.ready() ? "UP" : "OUT_OF_SERVICE", details);
    }
}
