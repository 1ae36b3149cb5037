package dev.treadle.bench.command;

import dev.treadle.bench.client.CrowdResult.Span;
import dev.treadle.bench.report.Spread;
import dev.treadle.bench.report.TimelineChart;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * An overload as its users saw it.
 *
 * @param seconds one after the other
 */
record Story(List<Span> seconds) {
    /** So many seconds in a row have to be as they were before. */
    private static final int STEADY = 3;

    private static final double USUAL_LATENCY = 1.5;
    private static final double USUAL_SERVED = 0.75;

    /** Returns it as it is drawn and written down. */
    Map<String, List<Double>> series() {
        return Map.of(
                TimelineChart.OFFERED,
                all(Span::offered),
                TimelineChart.SERVED,
                all(Span::served),
                TimelineChart.REFUSED,
                all(Span::refused),
                TimelineChart.LOST,
                all(Span::lost),
                TimelineChart.P99,
                all(Story::p99Seconds));
    }

    private List<Double> all(ToDoubleFunction<Span> figure) {
        return seconds.stream().map(figure::applyAsDouble).toList();
    }

    /** Returns the 99th percentile, from the first click on; not a number: none was served. */
    static double p99Seconds(Span second) {
        return second.served() == 0 ? Double.NaN : second.latency().p99() / 1e3;
    }

    double servedPerSecond(int from, int to) {
        return seconds.subList(from, to).stream().mapToLong(Span::served).average().orElse(0);
    }

    /**
     * Returns how many seconds after it was no longer hard all was as before, and stayed so for
     * three seconds: the 99th percentile at most half above what it was, and three quarters as many
     * served. Not a number: that did not happen.
     */
    double recoverySeconds(int hardFrom, int hardTo) {
        List<Span> usual = seconds.subList(0, hardFrom);
        double latency = USUAL_LATENCY * median(usual, Story::p99Seconds);
        double least = USUAL_SERVED * median(usual, Span::served);
        int steady = 0;
        for (int second = hardTo; second < seconds.size(); second++) {
            Span now = seconds.get(second);
            // a comparison with what is not a number is false
            boolean asBefore = p99Seconds(now) <= latency && now.served() >= least;
            steady = asBefore ? steady + 1 : 0;
            if (steady == STEADY) {
                return second + 1 - STEADY - hardTo;
            }
        }
        return Double.NaN;
    }

    private static double median(List<Span> seconds, ToDoubleFunction<Span> figure) {
        List<Double> known =
                seconds.stream()
                        .map(figure::applyAsDouble)
                        .filter(value -> !value.isNaN())
                        .toList();
        return Spread.of(known).map(Spread::median).orElse(Double.NaN);
    }
}
