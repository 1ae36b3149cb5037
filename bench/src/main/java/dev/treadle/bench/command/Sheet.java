package dev.treadle.bench.command;

import dev.treadle.bench.report.Measurement;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Takes what is measured of one contender in one round. */
final class Sheet {
    private final Entry entry;
    private final int round;
    private final Set<String> left;
    private final Set<String> notes;
    private final Consumer<Measurement> measurements;

    Sheet(
            Entry entry,
            int round,
            List<String> variants,
            Set<String> notes,
            Consumer<Measurement> measurements) {
        this.entry = entry;
        this.round = round;
        this.left = new LinkedHashSet<>(variants);
        this.notes = notes;
        this.measurements = measurements;
    }

    /** One case was measured; {@code problem} is what went wrong, empty if nothing did. */
    void measured(String variant, Values values, String problem) {
        measured(variant, values, Map.of(), problem);
    }

    /** One case was measured over time: {@code series} by name, second by second. */
    void measured(String variant, Values values, Map<String, List<Double>> series, String problem) {
        left.remove(variant);
        measurements.accept(
                new Measurement(entry.subject(), variant, round, values.map(), series, problem));
    }

    /** A reader of the results has to know something of that case. */
    void noted(String variant, String note) {
        notes.add("round " + round + ", " + entry + ", " + variant + ": " + note);
    }

    /** One case makes no sense for this contender. */
    void skipped(String variant, String reason) {
        left.remove(variant);
        notes.add(entry + ", " + variant + ": skipped: " + reason);
    }

    /** The cases that are left will not be measured: each is noted as failed. */
    void failed(String problem) {
        for (String variant : left) {
            measurements.accept(Measurement.failed(entry.subject(), variant, round, problem));
        }
    }
}
