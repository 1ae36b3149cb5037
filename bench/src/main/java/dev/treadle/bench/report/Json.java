package dev.treadle.bench.report;

import com.fasterxml.jackson.jr.ob.JSON;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The results for programs. */
public final class Json {
    private static final int DECIMALS = 4;
    private static final JSON PRETTY =
            JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT, JSON.Feature.WRITE_NULL_PROPERTIES);

    private Json() {}

    /** Returns one JSON object: the circumstances, every single measurement, and the medians. */
    public static String of(Results results) throws IOException {
        Map<String, String> metrics = new LinkedHashMap<>();
        results.metrics().forEach(metric -> metrics.put(metric.id(), metric.title()));
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("name", results.name());
        all.put("title", results.title());
        all.put("environment", results.environment());
        all.put("notes", results.notes());
        all.put("metrics", metrics);
        all.put("medians", medians(results));
        all.put("measurements", results.measurements().stream().map(Json::measurement).toList());
        return PRETTY.asString(all) + "\n";
    }

    private static List<Object> medians(Results results) {
        List<Object> rows = new ArrayList<>();
        for (String variant : results.variants()) {
            for (Subject subject : results.subjectsOf(variant)) {
                Map<String, @Nullable Object> row = row(subject, variant);
                for (Metric metric : results.metrics()) {
                    row.put(
                            metric.id(),
                            results.spread(subject, variant, metric)
                                    .map(Json::spread)
                                    .orElse(null));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static Map<String, @Nullable Object> spread(Spread spread) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("median", number(spread.median()));
        fields.put("min", number(spread.min()));
        fields.put("max", number(spread.max()));
        fields.put("rounds", spread.count());
        return fields;
    }

    private static Map<String, @Nullable Object> measurement(Measurement one) {
        Map<String, @Nullable Object> row = row(one.subject(), one.variant());
        row.put("round", one.round());
        Map<String, @Nullable Object> values = new TreeMap<>();
        one.values().forEach((metric, value) -> values.put(metric.id(), number(value)));
        row.put("values", values);
        if (!one.series().isEmpty()) {
            Map<String, Object> series = new TreeMap<>();
            one.series()
                    .forEach((name, numbers) ->
                            series.put(name, numbers.stream().map(Json::number).toList()));
            row.put("series", series);
        }
        row.put("problem", one.problem().isEmpty() ? null : one.problem());
        return row;
    }

    private static Map<String, @Nullable Object> row(Subject subject, String variant) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("server", subject.container());
        row.put("contender", subject.contender());
        row.put("case", variant);
        return row;
    }

    /** JSON has no NaN: what could not be had is null. */
    private static @Nullable Object number(double value) {
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_EVEN)
                : null;
    }
}
