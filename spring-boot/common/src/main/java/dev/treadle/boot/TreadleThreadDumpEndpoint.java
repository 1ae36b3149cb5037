package dev.treadle.boot;

import dev.treadle.Workers;
import dev.treadle.stats.RequestReport;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code /actuator/treadlethreaddump}: what {@code /actuator/threaddump} does not show, the virtual
 * threads of the requests. As text for {@code Accept: text/plain}.
 *
 * @since 0.2.0
 */
@Endpoint(id = "treadlethreaddump")
public class TreadleThreadDumpEndpoint {
    private final Workers workers;

    /** For these workers. */
    public TreadleThreadDumpEndpoint(Workers workers) {
        this.workers = workers;
    }

    /**
     * Returns {@link RequestReport#groupsToMap}, and beside it {@link
     * RequestReport#threadDumpToMap}.
     */
    @ReadOperation
    public Map<String, Object> threadDump() {
        RequestReport report = workers.requestReport();
        Map<String, Object> map = new LinkedHashMap<>(report.groupsToMap());
        map.putAll(report.threadDumpToMap());
        return map;
    }

    /** Returns the groups with their stacks as text. */
    @ReadOperation(produces = "text/plain;charset=UTF-8")
    public String textThreadDump() {
        return workers.requestReport().groupsToText();
    }
}
