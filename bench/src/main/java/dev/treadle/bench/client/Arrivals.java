package dev.treadle.bench.client;

import java.util.List;

/**
 * When users come: so many a second, evenly, phase after phase. Times are nanoseconds since the
 * start. Used by one thread.
 */
final class Arrivals {
    /** After everything. */
    static final long NEVER = Long.MAX_VALUE;

    private final List<Phase> phases;
    private int current;
    private long startNanos;
    private long number;

    Arrivals(List<Phase> phases) {
        this.phases = phases;
    }

    /** Returns when the next one comes; {@link #NEVER}: no further user comes. */
    long next() {
        while (current < phases.size()) {
            Phase phase = phases.get(current);
            long since = phase.rate() > 0 ? (long) (number * 1e9 / phase.rate()) : NEVER;
            if (since < phase.nanos()) {
                return startNanos + since;
            }
            startNanos += phase.nanos();
            current++;
            number = 0;
        }
        return NEVER;
    }

    /** The next one has come. */
    void take() {
        number++;
    }
}
