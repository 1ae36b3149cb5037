package dev.treadle.boot;

import dev.treadle.Workers;
import dev.treadle.stats.Report;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

import java.util.List;
import java.util.Map;

/**
 * {@code /actuator/treadlereports}: the last reports of code that holds a hub and of requests that
 * run too long, the newest first.
 *
 * @since 0.2.0
 */
@Endpoint(id = "treadlereports")
public class TreadleReportsEndpoint {
    private final Workers workers;

    /** For these workers. */
    public TreadleReportsEndpoint(Workers workers) {
        this.workers = workers;
    }

    /** Returns {@code reports}: a list with the {@link Report#toMap} of each. */
    @ReadOperation
    public Map<String, Object> reports() {
        List<Map<String, Object>> reports =
                workers.recentReports().stream().map(Report::toMap).toList();
        return Map.of("reports", reports);
    }
}
