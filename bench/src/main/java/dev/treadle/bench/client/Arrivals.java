package dev.treadle.bench.client;

import java.util.ArrayList;
import java.util.List;

/**
 * When users come: so many a second, evenly, phase after phase. Times are nanoseconds since the
 * start. Used by one thread.
 */
final class Arrivals {
    /** After everything. */
    static final long NEVER = Long.MAX_VALUE;

    private record Phase(long startNanos, long endNanos, int rate) {
        /** Returns when the user of that number comes, from 0; {@link #NEVER}: there is none. */
        long arrival(long number) {
            if (rate == 0) {
                return NEVER;
            }
            long nanos = startNanos + number * 1_000_000_000L / rate;
            return nanos < endNanos ? nanos : NEVER;
        }
    }

    private final List<Phase> phases;
    private int current;
    private long number;

    private Arrivals(List<Phase> phases) {
        this.phases = phases;
    }

    /** Reads {@code MILLIS:RATE,...}: how long each phase lasts, and how many come a second. */
    static Arrivals parse(String text) {
        List<Phase> phases = new ArrayList<>();
        long start = 0;
        for (String word : text.split(",", -1)) {
            String[] parts = word.split(":", -1);
            long end = start + Long.parseLong(parts[0]) * 1_000_000L;
            phases.add(new Phase(start, end, Integer.parseInt(parts[1])));
            start = end;
        }
        return new Arrivals(List.copyOf(phases));
    }

    /** Returns when the next one comes; {@link #NEVER}: no further user comes. */
    long next() {
        while (current < phases.size()) {
            long nanos = phases.get(current).arrival(number);
            if (nanos != NEVER) {
                return nanos;
            }
            current++;
            number = 0;
        }
        return NEVER;
    }

    /** The next one has come. */
    void take() {
        number++;
    }

    int phases() {
        return phases.size();
    }

    long endNanos() {
        return phases.getLast().endNanos();
    }

    /** Returns the phase of that time, from 0; later times belong to the last phase. */
    int phaseAt(long nanos) {
        int index = 0;
        while (index < phases.size() - 1 && nanos >= phases.get(index).endNanos()) {
            index++;
        }
        return index;
    }
}
