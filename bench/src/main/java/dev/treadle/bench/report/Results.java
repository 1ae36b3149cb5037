package dev.treadle.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Everything one benchmark has measured. Filled by one thread, then read.
 *
 * @param name of the benchmark
 * @param title the subject of the benchmark
 * @param metrics the measured values
 * @param environment under which circumstances, by name
 * @param subjects all subjects, in the order in which they are shown
 * @param measurements the measurements, in their order
 * @param notes notes for the reader, such as what was skipped
 */
public record Results(
        String name,
        String title,
        List<Metric> metrics,
        Map<String, String> environment,
        List<Subject> subjects,
        List<Measurement> measurements,
        List<String> notes) {

    /** Returns the cases, in the order in which they came. */
    public Set<String> variants() {
        Set<String> variants = new LinkedHashSet<>();
        measurements.forEach(measurement -> variants.add(measurement.variant()));
        return variants;
    }

    /** Returns the subjects that were measured in that case. */
    public List<Subject> subjectsOf(String variant) {
        return subjects.stream()
                .filter(subject ->
                        measurements.stream()
                                .anyMatch(one ->
                                        one.subject().equals(subject)
                                                && one.variant().equals(variant)))
                .toList();
    }

    /** Returns how one metric of one subject spreads over the rounds. */
    public Optional<Spread> spread(Subject subject, String variant, Metric metric) {
        List<Double> values = new ArrayList<>();
        for (Measurement one : measurements) {
            Double value = one.values().get(metric.id());
            if (value != null && is(one, subject, variant)) {
                values.add(value);
            }
        }
        return Spread.of(values);
    }

    /**
     * Returns how {@code subject} compares with {@code peer}: the quotient of each round, so that
     * what slowed the whole machine in one round is in both.
     */
    public Optional<Spread> ratio(Subject subject, Subject peer, String variant, Metric metric) {
        List<Double> ratios = new ArrayList<>();
        for (Measurement one : measurements) {
            Double value = one.values().get(metric.id());
            Double other = valueOf(peer, variant, one.round(), metric);
            if (value != null && other != null && other > 0 && is(one, subject, variant)) {
                ratios.add(value / other);
            }
        }
        return Spread.of(ratios);
    }

    private @org.jspecify.annotations.Nullable Double valueOf(
            Subject subject, String variant, int round, Metric metric) {
        for (Measurement one : measurements) {
            if (one.round() == round && is(one, subject, variant)) {
                return one.values().get(metric.id());
            }
        }
        return null;
    }

    /**
     * Returns one series of one subject, each second of it the median of the rounds that have it;
     * not a number where none has. Empty if there is no such series.
     */
    public List<Double> series(Subject subject, String variant, String name) {
        List<List<Double>> rounds = new ArrayList<>();
        for (Measurement one : measurements) {
            List<Double> values = one.series().get(name);
            if (values != null && is(one, subject, variant)) {
                rounds.add(values);
            }
        }
        int seconds = rounds.stream().mapToInt(List::size).max().orElse(0);
        return IntStream.range(0, seconds).mapToObj(second -> median(rounds, second)).toList();
    }

    private static double median(List<List<Double>> rounds, int second) {
        List<Double> values =
                rounds.stream()
                        .filter(round -> second < round.size() && !round.get(second).isNaN())
                        .map(round -> round.get(second))
                        .toList();
        return Spread.of(values).map(Spread::median).orElse(Double.NaN);
    }

    private static boolean is(Measurement one, Subject subject, String variant) {
        return one.subject().equals(subject) && one.variant().equals(variant);
    }

    /** Returns what went wrong, one line each. */
    public List<String> problems() {
        return measurements.stream()
                .filter(one -> !one.problem().isEmpty())
                .map(one ->
                        "round "
                                + one.round()
                                + ", "
                                + one.subject()
                                + ", "
                                + one.variant()
                                + ": "
                                + one.problem())
                .toList();
    }
}
