package dev.treadle.boot;

import dev.treadle.Workers;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.stats.LimitStats;
import dev.treadle.stats.WorkerStats;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code /actuator/treadle}: the state of the workers. A POST of a model and N switches them while
 * they run, where {@code management.endpoint.treadle.access=unrestricted} allows it; the default is
 * to read only.
 *
 * @since 0.2.0
 */
@Endpoint(id = "treadle", defaultAccess = Access.READ_ONLY)
public class TreadleEndpoint {
    private final Workers workers;

    /** For these workers. */
    public TreadleEndpoint(Workers workers) {
        this.workers = workers;
    }

    /** Returns settings and counts by name; times in milliseconds. */
    @ReadOperation
    public Map<String, Object> state() {
        WorkerStats stats = workers.stats();
        Map<String, Object> state = new LinkedHashMap<>();
        workers.container().ifPresent(container -> state.put("container", container));
        state.put("model", stats.model().word());
        state.put("limit", stats.limit());
        state.put("hubs", stats.hubs());
        state.put("ready", stats.ready());
        state.put("active", stats.active());
        state.put("streams", stats.streams());
        state.put("waiting", stats.waiting());
        state.put("completed", stats.completed());
        state.put("refused", refused(stats));
        state.put("interrupted", stats.harakiris());
        state.put("stuck", stats.stuck());
        state.put("longestWaitingMillis", stats.longestWaiting().toMillis());
        state.put("queueTimeMedianMillis", stats.queueTimes().median().toMillis());
        state.put("queueTimeP95Millis", stats.queueTimes().p95().toMillis());
        state.put("queueTimeP99Millis", stats.queueTimes().p99().toMillis());
        state.put("queueTimeMaxMillis", stats.queueTimes().max().toMillis());
        state.put("longestRunningMillis", stats.longestRunning().toMillis());
        state.put("hubLagMillis", stats.hubLag().toMillis());
        state.put("longestSliceMillis", stats.longestSlice().toMillis());
        state.put("blocked", stats.longSlices());
        state.put("retakes", stats.retakes());
        state.put("threads", stats.threads());
        state.put("switches", stats.switches());
        state.put("limits", stats.limits().stream().map(TreadleEndpoint::limit).toList());
        state.put("settings", workers.settings().describe());
        return state;
    }

    private static Map<String, Object> refused(WorkerStats stats) {
        Map<String, Object> refused = new LinkedHashMap<>();
        refused.put("total", stats.refused());
        refused.put("lineFull", stats.refusedLineFull());
        refused.put("lineTimeout", stats.refusedLineTimeout());
        refused.put("draining", stats.refusedDraining());
        refused.put("streams", stats.refusedStreams());
        refused.put("clientsGone", stats.clientsGone());
        refused.put("byLimits", stats.refusedByLimits().total());
        return refused;
    }

    private static Map<String, Object> limit(LimitStats stats) {
        Map<String, Object> limit = new LinkedHashMap<>();
        limit.put("name", stats.name());
        limit.put("limit", stats.limit());
        limit.put("active", stats.active());
        limit.put("waiting", stats.waiting());
        limit.put("refused", stats.refused());
        limit.put("longestWaitingMillis", stats.longestWaiting().toMillis());
        return limit;
    }

    /**
     * Switches the workers: those inside end where they are, new requests run on the new model.
     *
     * @param model {@code threads}, {@code virtual} or {@code gevent}
     * @param limit N
     * @return the state after it
     * @throws InvalidEndpointRequestException if there is no such model or N, which is a 400
     */
    @WriteOperation
    public Map<String, Object> switchTo(String model, int limit) {
        try {
            if (Setting.of(model).filter(Setting::isModel).isEmpty()) {
                throw new InvalidSettingException("model", model, "threads, virtual or gevent");
            }
            workers.switchTo(
                    workers.settings().changed("actuator", Map.of(model, String.valueOf(limit))));
        } catch (InvalidSettingException bad) {
            throw new InvalidEndpointRequestException(
                    String.valueOf(bad.getMessage()), String.valueOf(bad.getMessage()));
        }
        return state();
    }
}
