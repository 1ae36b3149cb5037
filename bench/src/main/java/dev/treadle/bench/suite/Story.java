package dev.treadle.bench.suite;

import dev.treadle.bench.process.ClientResult;
import dev.treadle.bench.report.Spread;
import dev.treadle.bench.report.TimelineChart;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * An overload as its users saw it, second by second.
 *
 * @param offered requests sent, reloads among them
 * @param served answered with what was asked for
 * @param refused answered with 503 or 429
 * @param lost failed, answered with something else, or given up
 * @param p99Seconds of those served in that second, from their first click; not a number: none was
 */
record Story(
        List<Double> offered,
        List<Double> served,
        List<Double> refused,
        List<Double> lost,
        List<Double> p99Seconds) {
    /** So many seconds in a row have to be as they were before. */
    private static final int STEADY = 3;

    private static final double USUAL_LATENCY = 1.5;
    private static final double USUAL_SERVED = 0.75;

    static Story of(ClientResult result) {
        return new Story(
                doubles(result.series("offered")),
                doubles(result.series("served")),
                doubles(result.series("refused")),
                doubles(result.series("lost")),
                result.series("second-p99").stream()
                        .map(micros -> micros < 0 ? Double.NaN : micros / 1e6)
                        .toList());
    }

    private static List<Double> doubles(List<Long> counts) {
        return counts.stream().map(Long::doubleValue).toList();
    }

    /** Returns it as it is drawn and written down. */
    Map<String, List<Double>> series() {
        return Map.of(
                TimelineChart.OFFERED,
                offered,
                TimelineChart.SERVED,
                served,
                TimelineChart.REFUSED,
                refused,
                TimelineChart.LOST,
                lost,
                TimelineChart.P99,
                p99Seconds);
    }

    /** Returns the rate per second between two seconds. */
    static double perSecond(List<Double> counts, int from, int to) {
        return IntStream.range(from, to).mapToDouble(counts::get).average().orElse(0);
    }

    /**
     * Returns how many seconds after it was no longer hard all was as before, and stayed so for
     * three seconds: the 99th percentile at most half above what it was, and three quarters as many
     * served. Empty: that did not happen.
     */
    OptionalDouble recoverySeconds(OverloadCourse course) {
        double latency = USUAL_LATENCY * usual(p99Seconds, course.hardFrom());
        double least = USUAL_SERVED * usual(served, course.hardFrom());
        int steady = 0;
        for (int second = course.hardTo(); second < course.end(); second++) {
            // a comparison with what is not a number is false
            boolean asBefore = p99Seconds.get(second) <= latency && served.get(second) >= least;
            steady = asBefore ? steady + 1 : 0;
            if (steady == STEADY) {
                return OptionalDouble.of(second + 1 - STEADY - course.hardTo());
            }
        }
        return OptionalDouble.empty();
    }

    private static double usual(List<Double> values, int seconds) {
        List<Double> known =
                values.subList(0, seconds).stream().filter(value -> !value.isNaN()).toList();
        return Spread.of(known).map(Spread::median).orElse(Double.NaN);
    }
}
