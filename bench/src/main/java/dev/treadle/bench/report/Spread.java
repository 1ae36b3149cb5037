package dev.treadle.bench.report;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/**
 * The same thing measured several times.
 *
 * @param median the middle one, or the mean of the two in the middle
 * @param min the least
 * @param max the greatest
 * @param count how many there were
 */
public record Spread(double median, double min, double max, int count) {
    /** Returns the spread of {@code values}; empty if there are none. */
    public static Optional<Spread> of(Collection<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        if (sorted.length == 0) {
            return Optional.empty();
        }
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median =
                sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return Optional.of(new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length));
    }
}
