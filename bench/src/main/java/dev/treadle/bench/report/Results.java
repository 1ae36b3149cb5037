package dev.treadle.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Everything one benchmark has measured. Filled by one thread, then read.
 *
 * @param name of the benchmark
 * @param title the subject of the benchmark
 * @param environment under which circumstances, by name
 * @param subjects all subjects, in the order in which they are shown
 * @param measurements the measurements, in their order
 * @param notes notes for the reader, such as what was skipped
 */
public record Results(
        String name,
        String title,
        Map<String, String> environment,
        List<Subject> subjects,
        List<Measurement> measurements,
        List<String> notes) {

    /** Returns what was measured, in the order of the table's columns. */
    public List<Metric> metrics() {
        return measurements.stream()
                .flatMap(measurement -> measurement.values().keySet().stream())
                .distinct()
                .toList();
    }

    /** Returns the cases, in the order in which they came. */
    public Set<String> variants() {
        Set<String> variants = new LinkedHashSet<>();
        measurements.forEach(measurement -> variants.add(measurement.variant()));
        return variants;
    }

    /** Returns the subjects that were measured in that case. */
    public List<Subject> subjectsOf(String variant) {
        return subjects.stream()
                .filter(subject -> of(subject, variant).findAny().isPresent())
                .toList();
    }

    /** Returns the measurements of one subject in one case. */
    private Stream<Measurement> of(Subject subject, String variant) {
        return measurements.stream()
                .filter(one -> one.subject().equals(subject) && one.variant().equals(variant));
    }

    /** Returns how one metric of one subject spreads over the rounds. */
    public Optional<Spread> spread(Subject subject, String variant, Metric metric) {
        return Spread.of(byRound(subject, variant, metric).values());
    }

    /**
     * Returns how {@code subject} compares with {@code peer}: the quotient of each round, so that
     * what slowed the whole machine in one round is in both.
     */
    public Optional<Spread> ratio(Subject subject, Subject peer, String variant, Metric metric) {
        Map<Integer, Double> others = byRound(peer, variant, metric);
        List<Double> ratios = new ArrayList<>();
        byRound(subject, variant, metric)
                .forEach((round, value) -> {
                    Double other = others.get(round);
                    if (other != null && other > 0) {
                        ratios.add(value / other);
                    }
                });
        return Spread.of(ratios);
    }

    private Map<Integer, Double> byRound(Subject subject, String variant, Metric metric) {
        Map<Integer, Double> values = new TreeMap<>();
        of(subject, variant)
                .forEach(one -> {
                    Double value = one.values().get(metric);
                    if (value != null && !value.isNaN()) {
                        values.put(one.round(), value);
                    }
                });
        return values;
    }

    /**
     * Returns one series of one subject, each second of it the median of the rounds that have it;
     * not a number where none has. Empty if there is no such series.
     */
    public List<Double> series(Subject subject, String variant, String name) {
        List<List<Double>> rounds =
                of(subject, variant)
                        .flatMap(one -> Stream.ofNullable(one.series().get(name)))
                        .toList();
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

    /** Returns what went wrong, one line each. */
    public List<String> problems() {
        return measurements.stream()
                .filter(one -> !one.problem().isEmpty())
                .map(one ->
                        "round %d, %s, %s: %s"
                                .formatted(
                                        one.round(), one.subject(), one.variant(), one.problem()))
                .toList();
    }
}
