package dev.treadle.bench.suite;

import dev.treadle.bench.process.ClientProcess;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.Usage;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.report.Metric;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The resources that an idle server uses. */
public final class IdleBenchmark implements Benchmark {
    private static final Metric CPU = Metric.chief("cpu_percent", "CPU %", 3);
    private static final Metric WAKE_UPS = Metric.chief("switches_s", "switches/s", 1);

    private static final int WARM_UP_CONNECTIONS = 1_000;

    /** Until the JVM has compiled what the warm-up used, and spare threads have ended. */
    private static final Duration SETTLE = Duration.ofSeconds(15);

    private final Duration duration;

    /**
     * @param duration of the measurement
     */
    public IdleBenchmark(Duration duration) {
        this.duration = duration;
    }

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public String title() {
        return "a server without requests";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(CPU, WAKE_UPS, Values.RSS, Values.THREADS);
    }

    @Override
    public List<String> variants() {
        return List.of(variant());
    }

    private String variant() {
        return duration.toSeconds() + " s";
    }

    @Override
    public List<String> contenders() {
        return List.of("gevent", "threads", "virtual", "pool", "own-virtual", "helidon");
    }

    @Override
    public String heap() {
        return "1g";
    }

    @Override
    public Map<String, String> circumstances() {
        return Map.of(
                "load",
                "none, from "
                        + SETTLE.toSeconds()
                        + " s after a warm-up of "
                        + 3 * WARM_UP_CONNECTIONS
                        + " requests on; CPU % of one core. The JVM's own timers are in it");
    }

    @Override
    public int n(Contender contender) {
        return Sizes.of(contender, WARM_UP_CONNECTIONS);
    }

    @Override
    public void measure(Entry entry, Workshop workshop, Sink sink)
            throws IOException, InterruptedException {
        try (ClientProcess client = workshop.client();
                ServerProcess server = workshop.server(entry)) {
            client.closedLoop(
                    server.port(),
                    "/sleep?ms=20",
                    WARM_UP_CONNECTIONS,
                    3 * WARM_UP_CONNECTIONS,
                    false);
            Thread.sleep(SETTLE);
            try (UsageWatch watch = new UsageWatch(server.pid())) {
                Thread.sleep(duration);
                report(watch.stop(), sink);
            }
        }
    }

    private void report(Usage usage, Sink sink) {
        double seconds = duration.toMillis() / 1e3;
        Values values =
                new Values()
                        .put(CPU, usage.cpuSeconds() / seconds * 100)
                        .put(WAKE_UPS, usage.switches() / seconds)
                        .put(Values.RSS, usage.rssMegabytes())
                        .put(Values.THREADS, usage.threads());
        sink.measured(variant(), values.map(), "");
    }
}
