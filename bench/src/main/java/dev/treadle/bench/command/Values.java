package dev.treadle.bench.command;

import dev.treadle.bench.process.Usage;
import dev.treadle.bench.report.Metric;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/** The metrics that several benchmarks share, and the values of one measurement. */
final class Values {
    static final Metric P50 = Metric.of("p50_ms", "p50 ms", 2);
    static final Metric P99 = Metric.of("p99_ms", "p99 ms", 2);
    static final Metric CPU_SECONDS = Metric.shown("cpu_s", "CPU s", 2);
    static final Metric SWITCHES = Metric.of("switches", "switches/req", 3);
    static final Metric RSS = Metric.of("rss_mb", "RSS MB", 0);
    static final Metric THREADS = Metric.shown("threads", "OS threads", 0);
    static final Metric FAILED = Metric.shown("failed", "failed", 0);

    private final Map<Metric, Double> values = new LinkedHashMap<>();

    Values put(Metric metric, double value) {
        values.put(metric, value);
        return this;
    }

    Values put(Metric metric, long count) {
        return put(metric, (double) count);
    }

    /** Adds what the server had at the end. */
    Values putAtEnd(Usage usage) {
        return put(RSS, usage.rssMegabytes()).put(THREADS, usage.threads());
    }

    /** Returns them in the order in which they were put: that of the table's columns. */
    Map<Metric, Double> map() {
        return values;
    }

    /** Returns what to say of failed requests; empty if there are none. */
    static String failures(long failed, @Nullable String first) {
        if (failed == 0) {
            return "";
        }
        return failed
                + " requests failed"
                + (first == null || first.isEmpty() ? "" : ", the first with: " + first);
    }
}
