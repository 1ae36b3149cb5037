package dev.treadle.boot;

import dev.treadle.Workers;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
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

    /** Returns the container, all of {@link WorkerStats#toMap}, and the settings, by name. */
    @ReadOperation
    public Map<String, Object> state() {
        Map<String, Object> state = new LinkedHashMap<>();
        workers.container().ifPresent(container -> state.put("container", container));
        state.putAll(workers.stats().toMap());
        state.put("settings", workers.settings().describe());
        return state;
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
