package dev.treadle.bench.suite;

import dev.treadle.bench.process.Usage;
import dev.treadle.bench.report.Metric;

import java.util.HashMap;
import java.util.Map;

/** The metrics that several benchmarks share, and their values. */
final class Values {
    static final Metric RATE = Metric.chief("rps", "req/s", 0);
    static final Metric P50 = Metric.of("p50_ms", "p50 ms", 2);
    static final Metric P99 = Metric.of("p99_ms", "p99 ms", 2);
    static final Metric CPU = Metric.chief("cpu_us", "CPU us/req", 1);
    static final Metric USER = Metric.shown("user_us", "user", 1);
    static final Metric SYSTEM = Metric.shown("sys_us", "sys", 1);
    static final Metric SWITCHES = Metric.of("switches", "switches/req", 3);
    static final Metric RSS = Metric.of("rss_mb", "RSS MB", 0);
    static final Metric THREADS = Metric.shown("threads", "OS threads", 0);
    static final Metric FAILED = Metric.shown("failed", "failed", 0);

    private final Map<String, Double> values = new HashMap<>();

    Values put(Metric metric, double value) {
        values.put(metric.id(), value);
        return this;
    }

    Values put(Metric metric, long count) {
        return put(metric, (double) count);
    }

    /** Adds the resources that the server used for each request. */
    Values perRequest(Usage usage, long requests) {
        if (requests > 0) {
            put(CPU, usage.cpuSeconds() * 1e6 / requests);
            put(USER, usage.userSeconds() * 1e6 / requests);
            put(SYSTEM, usage.systemSeconds() * 1e6 / requests);
            put(SWITCHES, (double) usage.switches() / requests);
        }
        return put(RSS, usage.rssMegabytes()).put(THREADS, usage.threads());
    }

    Map<String, Double> map() {
        return Map.copyOf(values);
    }

    /** Returns what to say of failed requests; empty if there are none. */
    static String failures(long failed, String first) {
        if (failed == 0) {
            return "";
        }
        return failed + " requests failed" + (first.isEmpty() ? "" : ", the first with: " + first);
    }
}
