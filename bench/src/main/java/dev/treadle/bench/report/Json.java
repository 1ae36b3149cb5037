package dev.treadle.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The results for programs. */
public final class Json {
    private Json() {}

    /** Returns one JSON object: the circumstances, every single measurement, and the medians. */
    public static String of(Results results) {
        String measurements =
                results.measurements().stream()
                        .map(Json::measurement)
                        .collect(Collectors.joining(",\n    "));
        return "{\n  \"name\": "
                + string(results.name())
                + ",\n  \"title\": "
                + string(results.title())
                + ",\n  \"environment\": "
                + environment(results.environment())
                + ",\n  \"notes\": "
                + strings(results.notes())
                + ",\n  \"metrics\": "
                + metrics(results.metrics())
                + ",\n  \"medians\": [\n    "
                + medians(results)
                + "\n  ],\n  \"measurements\": [\n    "
                + measurements
                + "\n  ]\n}\n";
    }

    private static String environment(Map<String, String> environment) {
        return environment.entrySet().stream()
                .map(entry -> string(entry.getKey()) + ": " + string(entry.getValue()))
                .collect(Collectors.joining(",\n    ", "{\n    ", "\n  }"));
    }

    private static String metrics(List<Metric> metrics) {
        return metrics.stream()
                .map(metric -> string(metric.id()) + ": " + string(metric.title()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String medians(Results results) {
        StringBuilder rows = new StringBuilder();
        for (String variant : results.variants()) {
            for (Subject subject : results.subjectsOf(variant)) {
                String values =
                        results.metrics().stream()
                                .map(metric ->
                                        string(metric.id())
                                                + ": "
                                                + results.spread(subject, variant, metric)
                                                        .map(Json::spread)
                                                        .orElse("null"))
                                .collect(Collectors.joining(", "));
                rows.append(rows.isEmpty() ? "" : ",\n    ")
                        .append("{")
                        .append(subject(subject, variant))
                        .append(", ")
                        .append(values)
                        .append("}");
            }
        }
        return rows.toString();
    }

    private static String spread(Spread spread) {
        return String.format(
                Locale.ROOT,
                "{\"median\": %s, \"min\": %s, \"max\": %s, \"rounds\": %d}",
                number(spread.median()),
                number(spread.min()),
                number(spread.max()),
                spread.count());
    }

    private static String measurement(Measurement one) {
        String values =
                one.values().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> string(entry.getKey()) + ": " + number(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
        return "{"
                + subject(one.subject(), one.variant())
                + ", \"round\": "
                + one.round()
                + ", \"values\": "
                + values
                + series(one)
                + ", \"problem\": "
                + (one.problem().isEmpty() ? "null" : string(one.problem()))
                + "}";
    }

    private static String series(Measurement one) {
        if (one.series().isEmpty()) {
            return "";
        }
        return one.series().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> string(entry.getKey()) + ": " + numbers(entry.getValue()))
                .collect(Collectors.joining(", ", ", \"series\": {", "}"));
    }

    private static String numbers(List<Double> values) {
        return values.stream().map(Json::number).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String subject(Subject subject, String variant) {
        return "\"server\": "
                + string(subject.container())
                + ", \"contender\": "
                + string(subject.contender())
                + ", \"case\": "
                + string(variant);
    }

    private static String strings(List<String> texts) {
        return texts.stream().map(Json::string).collect(Collectors.joining(", ", "[", "]"));
    }

    /** JSON has no NaN: what could not be had is null. */
    private static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : "null";
    }

    static String string(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
