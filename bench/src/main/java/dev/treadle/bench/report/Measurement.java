package dev.treadle.bench.report;

import java.util.List;
import java.util.Map;

/**
 * The values that one round measured for one subject in one case.
 *
 * @param subject what was measured
 * @param variant the case, such as {@code 64 connections}
 * @param round from 1
 * @param values in the order of the table's columns; NaN for one that could not be had
 * @param series by name, second by second; NaN for a value that could not be measured
 * @param problem what went wrong; empty if nothing did
 */
public record Measurement(
        Subject subject,
        String variant,
        int round,
        Map<Metric, Double> values,
        Map<String, List<Double>> series,
        String problem) {
    /** Something that could not be measured. */
    public static Measurement failed(Subject subject, String variant, int round, String problem) {
        return new Measurement(subject, variant, round, Map.of(), Map.of(), problem);
    }
}
