package dev.treadle.boot;

import dev.treadle.Workers;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.lang.Nullable;

import java.util.Map;

/**
 * {@code /actuator/treadlerequests}: the requests inside and in the queue, oldest first. With
 * {@code group=stack}, those in the same state with the same stack together.
 *
 * @since 0.2.0
 */
@Endpoint(id = "treadlerequests")
public class TreadleRequestsEndpoint {
    private static final String BY_STACK = "stack";

    private final Workers workers;

    /** For these workers. */
    public TreadleRequestsEndpoint(Workers workers) {
        this.workers = workers;
    }

    /**
     * Returns the maps of {@link dev.treadle.stats.RequestReport}.
     *
     * @param group {@code stack} for groups; null for one entry a request
     * @throws InvalidEndpointRequestException if group is another word, which is a 400
     */
    @ReadOperation
    public Map<String, Object> requests(@Nullable String group) {
        if (group == null) {
            return workers.requestReport().toMap();
        }
        if (!group.equals(BY_STACK)) {
            String message = "group: " + group + " (expected: stack, or no group)";
            throw new InvalidEndpointRequestException(message, message);
        }
        return workers.requestReport().groupsToMap();
    }
}
