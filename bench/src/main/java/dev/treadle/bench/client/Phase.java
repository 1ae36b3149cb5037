package dev.treadle.bench.client;

import java.util.List;

/**
 * A part of a load that changes over time.
 *
 * @param millis how long it lasts
 * @param rate users who come a second; 0: none
 * @param latencyMillis of the third party
 */
public record Phase(int millis, double rate, int latencyMillis) {
    long nanos() {
        return millis * 1_000_000L;
    }

    /** Returns which phase that time is in, from 0; later times belong to the last phase. */
    static int indexAt(List<Phase> phases, long nanos) {
        long end = 0;
        for (int i = 0; i < phases.size(); i++) {
            end += phases.get(i).nanos();
            if (nanos < end) {
                return i;
            }
        }
        return phases.size() - 1;
    }
}
