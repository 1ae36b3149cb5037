package dev.treadle.stats;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many requests were refused, by reason, since the start; each only ever rises.
 *
 * @param queueFull because the queue was full
 * @param queueTimeout after the longest time in the queue
 * @param draining because the workers were draining
 * @param clientsGone because the client had left the queue
 * @param streams because the answer would have been one event stream too many; always 0 for a limit
 * @since 0.2.0
 */
public record Refusals(
        long queueFull, long queueTimeout, long draining, long clientsGone, long streams) {
    /** Returns all of them. */
    public long total() {
        return queueFull + queueTimeout + draining + clientsGone + streams;
    }

    Refusals without(Refusals part) {
        return new Refusals(
                queueFull - part.queueFull,
                queueTimeout - part.queueTimeout,
                draining - part.draining,
                clientsGone - part.clientsGone,
                streams - part.streams);
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("total", total());
        map.put("queueFull", queueFull);
        map.put("queueTimeout", queueTimeout);
        map.put("draining", draining);
        map.put("clientsGone", clientsGone);
        map.put("streams", streams);
        return map;
    }
}
