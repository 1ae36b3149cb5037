package dev.treadle.bench.process;

import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * A part of a load that changes.
 *
 * @param duration how long it lasts
 * @param rate users who come a second; 0: none
 * @param latency of the third party
 */
public record Phase(Duration duration, int rate, Duration latency) {
    /** Returns the phases as the client and the third party read them. */
    static String words(List<Phase> phases, ToLongFunction<Phase> value) {
        return phases.stream()
                .map(phase -> phase.duration().toMillis() + ":" + value.applyAsLong(phase))
                .collect(Collectors.joining(","));
    }
}
