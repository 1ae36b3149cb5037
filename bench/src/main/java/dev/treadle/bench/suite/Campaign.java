package dev.treadle.bench.suite;

import dev.treadle.bench.report.Measurement;
import dev.treadle.bench.report.Metric;
import dev.treadle.bench.report.Results;
import dev.treadle.bench.report.Subject;
import dev.treadle.settings.InvalidSettingException;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Takes one benchmark through its rounds. Each round measures every contender once, each in a fresh
 * server; the next round begins with the next one. So other load on the machine, and changes in the
 * course of an hour, affect all of them equally.
 */
public final class Campaign {
    private final Benchmark benchmark;
    private final Plan plan;
    private final List<Entry> entries;
    private final PrintStream progress;
    private final List<Measurement> measurements = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();

    /**
     * @param progress is told what is being measured
     * @throws InvalidSettingException if there is no contender, or a setting is not known
     */
    public Campaign(Benchmark benchmark, Plan plan, PrintStream progress) {
        this.benchmark = benchmark;
        this.plan = plan;
        this.progress = progress;
        this.entries = entries(benchmark, plan);
        for (Entry entry : entries) {
            Workshop.requireValid(entry.contender(), benchmark, plan);
        }
    }

    private static List<Entry> entries(Benchmark benchmark, Plan plan) {
        List<String> names =
                plan.contenders().isEmpty() ? benchmark.contenders() : plan.contenders();
        List<Contender> contenders =
                names.stream().map(name -> Contender.parse("--contenders", name)).toList();
        List<Entry> entries = new ArrayList<>();
        for (String container : plan.containers()) {
            for (Contender contender : contenders) {
                if (contender.containers().contains(container)) {
                    entries.add(new Entry(container, contender));
                }
            }
        }
        // a server that is no servlet container takes part by its own name
        for (Contender contender : contenders) {
            for (String container : contender.containers()) {
                if (container.equals(contender.name())) {
                    entries.add(new Entry(container, contender));
                }
            }
        }
        if (entries.isEmpty()) {
            throw new InvalidSettingException(
                    "--contenders",
                    String.join(",", names),
                    "at least one that the containers " + plan.containers() + " have");
        }
        return entries;
    }

    /** Measures everything. A failure is recorded in the results; the other measurements go on. */
    public Results run() throws IOException, InterruptedException {
        Map<String, String> environment = Machine.describe(plan.servers().java());
        environment.put("server JVM", String.join(" ", Workshop.serverOptions(benchmark, plan)));
        environment.put("contenders", contenders());
        environment.put("rounds", String.valueOf(plan.rounds()));
        environment.putAll(benchmark.circumstances());
        environment.put("load average before", Machine.loadAverage());
        try (Workshop workshop = new Workshop(benchmark, plan)) {
            for (int round = 1; round <= plan.rounds(); round++) {
                List<Entry> order = new ArrayList<>(entries);
                Collections.rotate(order, 1 - round);
                for (Entry entry : order) {
                    measure(entry, round, workshop);
                }
            }
        }
        environment.put("load average after", Machine.loadAverage());
        List<Subject> subjects = entries.stream().map(Entry::subject).toList();
        return new Results(
                benchmark.name(),
                benchmark.title(),
                benchmark.metrics(),
                environment,
                subjects,
                List.copyOf(measurements),
                List.copyOf(notes));
    }

    /** Returns who takes part, with N and what else was set. */
    private String contenders() {
        Set<String> words = new LinkedHashSet<>();
        for (Entry entry : entries) {
            Contender contender = entry.contender();
            StringBuilder word = new StringBuilder(contender.name());
            word.append(" N=").append(Workshop.n(contender, benchmark));
            Workshop.workerSettings(contender, benchmark, plan)
                    .forEach((name, value) ->
                            word.append(' ').append(name).append('=').append(value));
            words.add(word.toString());
        }
        return String.join("; ", words);
    }

    private void measure(Entry entry, int round, Workshop workshop) throws InterruptedException {
        Set<String> left = new LinkedHashSet<>(benchmark.variants());
        Benchmark.Sink sink =
                new Benchmark.Sink() {
                    @Override
                    public void measured(
                            String variant,
                            Map<String, Double> values,
                            Map<String, List<Double>> series,
                            String problem) {
                        left.remove(variant);
                        add(
                                new Measurement(
                                        entry.subject(), variant, round, values, series, problem));
                    }

                    @Override
                    public void noted(String variant, String note) {
                        notes.add("round " + round + ", " + entry + ", " + variant + ": " + note);
                    }

                    @Override
                    public void skipped(String variant, String reason) {
                        left.remove(variant);
                        notes.add(entry + ", " + variant + ": skipped: " + reason);
                    }
                };
        try {
            benchmark.measure(entry, workshop, sink);
        } catch (IOException failed) {
            for (String variant : left) {
                add(
                        Measurement.failed(
                                entry.subject(),
                                variant,
                                round,
                                String.valueOf(failed.getMessage())));
            }
        }
    }

    private void add(Measurement measurement) {
        measurements.add(measurement);
        StringBuilder line = new StringBuilder();
        for (Metric metric : benchmark.metrics()) {
            Double value = measurement.values().get(metric.id());
            if (value != null && metric.compared()) {
                line.append(
                        String.format(
                                Locale.ROOT,
                                ", %s %,." + metric.decimals() + "f",
                                metric.title(),
                                value));
            }
        }
        progress.printf(
                "round %d/%d, %s, %s%s%s%n",
                measurement.round(),
                plan.rounds(),
                measurement.subject(),
                measurement.variant(),
                line,
                measurement.problem().isEmpty() ? "" : ": " + measurement.problem());
    }
}
