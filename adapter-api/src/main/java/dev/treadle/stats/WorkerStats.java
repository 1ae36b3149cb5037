package dev.treadle.stats;

import dev.treadle.settings.WorkerModel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state and counters of the workers at one moment. Active and waiting requests are read
 * together; the counters only ever rise.
 *
 * @param model how requests run
 * @param ready whether new requests are to be sent here: false from the first moment of a stop
 * @param switches how often other settings were taken while running, since the start
 * @param gate the requests
 * @param engine the threads that run them
 * @param hubs the hubs; all zero for a model without hubs
 * @param limits the inner limits, those by path first
 * @since 0.2.0
 */
public record WorkerStats(
        WorkerModel model,
        boolean ready,
        long switches,
        GateStats gate,
        EngineStats engine,
        HubStats hubs,
        List<LimitStats> limits) {

    /** Makes the list immutable. */
    public WorkerStats {
        limits = List.copyOf(limits);
    }

    /**
     * Returns all of it by name, in the shape of a JSON object: one object for each group, a list
     * of objects for the limits. Values are numbers, booleans and strings; times are in
     * milliseconds, and their names say so.
     */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("model", model.word());
        map.put("ready", ready);
        map.put("switches", switches);
        map.put("gate", gate.toMap());
        map.put("engine", engine.toMap());
        map.put("hubs", hubs.toMap());
        map.put("limits", limits.stream().map(LimitStats::toMap).toList());
        return map;
    }
}
