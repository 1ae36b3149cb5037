package dev.treadle.bench.client;

import java.util.ArrayList;
import java.util.List;

/**
 * How long the third party takes, over time: one latency after the other, and the last one for
 * ever. Immutable.
 */
final class LatencyPlan {
    private record Step(long endNanos, long latencyNanos) {}

    private final List<Step> steps;

    private LatencyPlan(List<Step> steps) {
        this.steps = steps;
    }

    /** Reads {@code MILLIS:LATENCY,...}: how long each step lasts, and its latency. */
    static LatencyPlan parse(String text) {
        List<Step> steps = new ArrayList<>();
        long end = 0;
        for (String word : text.split(",", -1)) {
            String[] parts = word.split(":", -1);
            end += Long.parseLong(parts[0]) * 1_000_000L;
            steps.add(new Step(end, Long.parseLong(parts[1]) * 1_000_000L));
        }
        return new LatencyPlan(List.copyOf(steps));
    }

    /** Returns the latency of what is asked so many nanoseconds after the start. */
    long latencyNanos(long sinceStart) {
        for (Step step : steps) {
            if (sinceStart < step.endNanos()) {
                return step.latencyNanos();
            }
        }
        return steps.getLast().latencyNanos();
    }
}
