package dev.treadle.bench.command;

import dev.treadle.bench.report.Measurement;
import dev.treadle.bench.report.Results;
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
final class Campaign {
    private final Benchmark benchmark;
    private final Description description;
    private final CommonOptions options;
    private final List<Contender> contenders;
    private final List<Entry> entries = new ArrayList<>();
    private final PrintStream progress;
    private final List<Measurement> measurements = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();

    /**
     * @param progress is told what is being measured
     * @throws InvalidSettingException if there is no contender, or a setting is not known
     */
    Campaign(Benchmark benchmark, PrintStream progress) {
        this.benchmark = benchmark;
        this.description = benchmark.description();
        this.options = benchmark.common();
        this.progress = progress;
        List<String> names =
                options.contenders().isEmpty() ? description.contenders() : options.contenders();
        contenders = names.stream().map(Contender::parse).toList();
        for (String container : options.containers()) {
            addEntries(container);
        }
        // a server that is no servlet container takes part whatever containers are chosen
        for (Contender contender : contenders) {
            contender.ownServers().forEach(own -> entries.add(new Entry(own, contender)));
        }
        if (entries.isEmpty()) {
            throw new InvalidSettingException(
                    "--contenders",
                    String.join(",", names),
                    "at least one that the containers " + options.containers() + " have");
        }
        for (Entry entry : entries) {
            Workshop.requireValid(entry.contender(), benchmark);
        }
        // a mistake in these must not be told by the first server
        String unused = options.java() + options.cores() + options.peers();
    }

    private void addEntries(String container) {
        for (Contender contender : contenders) {
            if (contender.containers().contains(container)) {
                entries.add(new Entry(container, contender));
            }
        }
    }

    List<Contender> contenders() {
        return contenders;
    }

    /** Measures everything. A failure is recorded in the results; the other measurements go on. */
    Results run() throws IOException, InterruptedException {
        Map<String, String> environment = Machine.describe(options.java());
        environment.put("server JVM", String.join(" ", Workshop.serverOptions(benchmark)));
        environment.put("contenders", inFull());
        environment.put("rounds", String.valueOf(options.rounds));
        environment.putAll(description.circumstances());
        environment.put("load average before", Machine.loadAverage());
        Workshop workshop = new Workshop(benchmark);
        for (int round = 1; round <= options.rounds; round++) {
            List<Entry> order = new ArrayList<>(entries);
            Collections.rotate(order, 1 - round);
            for (Entry entry : order) {
                measure(entry, round, workshop);
            }
        }
        environment.put("load average after", Machine.loadAverage());
        return new Results(
                benchmark.name(),
                description.title(),
                environment,
                entries.stream().map(Entry::subject).toList(),
                List.copyOf(measurements),
                List.copyOf(notes));
    }

    /** Returns who takes part, with N and what else was set. */
    private String inFull() {
        Set<String> words = new LinkedHashSet<>();
        for (Entry entry : entries) {
            Contender contender = entry.contender();
            StringBuilder word = new StringBuilder(contender.name());
            word.append(" N=").append(Workshop.n(contender, benchmark));
            Workshop.workerSettings(contender, benchmark)
                    .forEach((name, value) ->
                            word.append(' ').append(name).append('=').append(value));
            words.add(word.toString());
        }
        return String.join("; ", words);
    }

    private void measure(Entry entry, int round, Workshop workshop) throws InterruptedException {
        Sheet sheet = new Sheet(entry, round, description.variants(), notes, this::add);
        try {
            benchmark.measure(entry, workshop, sheet);
        } catch (IOException failed) {
            sheet.failed(String.valueOf(failed.getMessage()));
        }
    }

    private void add(Measurement measurement) {
        measurements.add(measurement);
        StringBuilder line = new StringBuilder();
        measurement
                .values()
                .forEach((metric, value) -> {
                    if (metric.compared() && !value.isNaN()) {
                        line.append(
                                String.format(
                                        Locale.ROOT,
                                        ", %s %,." + metric.decimals() + "f",
                                        metric.title(),
                                        value));
                    }
                });
        progress.printf(
                "round %d/%d, %s, %s%s%s%n",
                measurement.round(),
                options.rounds,
                measurement.subject(),
                measurement.variant(),
                line,
                measurement.problem().isEmpty() ? "" : ": " + measurement.problem());
    }
}
