package dev.treadle.bench.report;

import java.util.Map;

/**
 * What one round measured of one subject in one case.
 *
 * @param subject what was measured
 * @param variant the case, such as {@code 64 connections}
 * @param round from 1
 * @param values by {@link Metric#id}; a value that could not be had is missing
 * @param problem what went wrong; empty if nothing did
 */
public record Measurement(
        Subject subject, String variant, int round, Map<String, Double> values, String problem) {
    /** Something that could not be measured. */
    public static Measurement failed(Subject subject, String variant, int round, String problem) {
        return new Measurement(subject, variant, round, Map.of(), problem);
    }
}
