package dev.treadle.bench.suite;

import dev.treadle.bench.process.ClientProcess;
import dev.treadle.bench.process.ClientResult;
import dev.treadle.bench.process.OpenLoad;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.Usage;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.report.Metric;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The delay of quick requests beside one that computes for long. */
public final class HogBenchmark implements Benchmark {
    private static final Metric P50 = Metric.of("p50_ms", "p50 ms", 2);
    private static final Metric P99 = Metric.chief("p99_ms", "p99 ms", 1);
    private static final Metric P999 = Metric.of("p999_ms", "p99.9 ms", 1);
    private static final Metric MAX = Metric.of("max_ms", "max ms", 1);
    private static final Metric OK = Metric.shown("ok", "answered", 0);
    private static final Metric HOGS = Metric.shown("hogs", "hogs", 0);
    private static final Metric CPU = Metric.shown("cpu_s", "CPU s", 2);

    private final Duration duration;
    private final int rate;
    private final int connections;
    private final Duration hog;
    private final Duration every;

    /**
     * @param duration of the measurement
     * @param rate quick requests a second
     * @param connections over which they go
     * @param hog how long a hog computes
     * @param every from one hog to the next
     */
    public HogBenchmark(
            Duration duration, int rate, int connections, Duration hog, Duration every) {
        this.duration = duration;
        this.rate = rate;
        this.connections = connections;
        this.hog = hog;
        this.every = every;
    }

    @Override
    public String name() {
        return "hog";
    }

    @Override
    public String title() {
        return rate
                + " quick requests a second beside one that computes "
                + hog.toMillis()
                + " ms every "
                + every.toMillis()
                + " ms";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                P50, P99, P999, MAX, OK, Values.FAILED, HOGS, CPU, Values.RSS, Values.THREADS);
    }

    @Override
    public List<String> variants() {
        return List.of(variant());
    }

    private String variant() {
        return connections + " connections, " + duration.toSeconds() + " s";
    }

    @Override
    public List<String> contenders() {
        return List.of(
                "gevent:hubs=1",
                "gevent:hubs=2",
                "gevent-noretake:hubs=1",
                "gevent-noretake:hubs=2",
                "virtual",
                "pool",
                "own-virtual");
    }

    @Override
    public String heap() {
        return "1g";
    }

    @Override
    public Map<String, String> circumstances() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "load",
                "open loop: a request has its time to be sent, and its latency counts from then;"
                        + " warm-up of "
                        + warmUp().toSeconds()
                        + " s with a hog in it");
        return facts;
    }

    private Duration warmUp() {
        Duration quarter = duration.dividedBy(4);
        return quarter.compareTo(every) > 0 ? quarter : every;
    }

    @Override
    public int n(Contender contender) {
        return Sizes.of(contender, connections);
    }

    @Override
    public void measure(Entry entry, Workshop workshop, Sink sink)
            throws IOException, InterruptedException {
        OpenLoad load = new OpenLoad("/fast", rate, connections, "/hog?ms=" + hog.toMillis());
        try (ClientProcess client = workshop.client();
                ServerProcess server = workshop.server(entry)) {
            client.openLoop(server.port(), load, warmUp(), every);
            try (UsageWatch watch = new UsageWatch(server.pid())) {
                report(client.openLoop(server.port(), load, duration, every), watch.stop(), sink);
            }
        }
    }

    private void report(ClientResult result, Usage usage, Sink sink) {
        Values values =
                new Values()
                        .put(P50, result.millis("p50"))
                        .put(P99, result.millis("p99"))
                        .put(P999, result.millis("p999"))
                        .put(MAX, result.millis("max"))
                        .put(OK, result.number("ok"))
                        .put(Values.FAILED, result.number("failed"))
                        .put(HOGS, result.number("hogs"))
                        .put(CPU, usage.cpuSeconds())
                        .put(Values.RSS, usage.rssMegabytes())
                        .put(Values.THREADS, usage.threads());
        sink.measured(
                variant(),
                values.map(),
                Values.failures(result.number("failed"), result.problem()));
    }
}
