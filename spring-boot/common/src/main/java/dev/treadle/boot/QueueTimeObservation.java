package dev.treadle.boot;

import dev.treadle.gate.Permit;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.server.observation.ServerRequestObservationContext;

import java.time.Duration;

/**
 * Gives the observation of a request, and so its span, the time that the request was in the queue:
 * the key {@value #KEY}, of high cardinality. A request that got in at once has no such key.
 *
 * @since 0.2.0
 */
public final class QueueTimeObservation
        implements ObservationHandler<ServerRequestObservationContext> {
    /** Whole milliseconds as a decimal number. */
    static final String KEY = "treadle.queue.ms";

    /** For the registry of the application. */
    public QueueTimeObservation() {}

    @Override
    public void onStart(ServerRequestObservationContext context) {
        HttpServletRequest request = context.getCarrier();
        if (request != null
                && request.getAttribute(Permit.QUEUE_TIME_ATTRIBUTE) instanceof Duration waited) {
            context.addHighCardinalityKeyValue(KeyValue.of(KEY, String.valueOf(waited.toMillis())));
        }
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
        return context instanceof ServerRequestObservationContext;
    }
}
