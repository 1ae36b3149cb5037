package dev.treadle.bench.suite;

import dev.treadle.bench.app.Runner;
import dev.treadle.bench.process.ClientProcess;
import dev.treadle.bench.process.ClientResult;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.Usage;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.report.Metric;
import dev.treadle.settings.Setting;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Many clients at once, and a handler that sleeps: how close to the limit is the whole? */
public final class SleepBenchmark implements Benchmark {
    private static final Metric WALL = Metric.of("wall_s", "wall s", 2);
    private static final Metric LIMIT = Metric.chief("x_limit", "x limit", 2);
    private static final Metric CPU = Metric.chief("cpu_s", "CPU s", 2);
    private static final Metric PEAK = Metric.chief("peak_rss_mb", "peak RSS MB", 0);

    /** With more platform threads the machine itself would be the limit. */
    private static final int MOST_THREADS = 4_000;

    /** Half the accept backlog: more at once would measure the kernel's retries. */
    private static final int MOST_AT_ONCE = 2_000;

    /**
     * How often all come and go before the measurement. Otherwise the cores would compile the code
     * for new connections while a thousand of them wait, and the benchmark would measure that.
     */
    private static final int WARM_UP_BURSTS = 10;

    private static final int WARM_UP_REQUESTS_EACH = 3;

    private static final Duration LONGEST_OF_POOL = Duration.ofSeconds(45);

    private final int connections;
    private final int requests;
    private final Duration sleep;

    /**
     * @param connections so many clients at once
     * @param requests of all of them together
     * @param sleep how long each request takes
     */
    public SleepBenchmark(int connections, int requests, Duration sleep) {
        this.connections = connections;
        this.requests = requests;
        this.sleep = sleep;
    }

    @Override
    public String name() {
        return "sleep";
    }

    @Override
    public String title() {
        return "a handler that sleeps " + sleep.toMillis() + " ms, all clients at once";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                WALL,
                LIMIT,
                CPU,
                PEAK,
                Values.SWITCHES,
                Values.P50,
                Values.P99,
                Values.THREADS,
                Values.FAILED);
    }

    @Override
    public List<String> variants() {
        return List.of(variant());
    }

    private String variant() {
        return connections + " connections, " + requests + " requests";
    }

    @Override
    public List<String> contenders() {
        return List.of(
                "gevent",
                "threads",
                "virtual",
                "pool",
                "own-virtual",
                "own-virtual-pool",
                "helidon");
    }

    @Override
    public String heap() {
        return connections > MOST_AT_ONCE ? "3g" : "1g";
    }

    @Override
    public Map<String, String> circumstances() {
        return Map.of(
                "load",
                "clients of our own in a process of their own, keep-alive, "
                        + (connectFirst()
                                ? "connected before, then all sending at once,"
                                : "all connecting at once,")
                        + " after a warm-up of "
                        + WARM_UP_BURSTS
                        + " times "
                        + warmUpConnections()
                        + " connections with "
                        + WARM_UP_REQUESTS_EACH
                        + " short requests each; limit "
                        + limitSeconds()
                        + " s");
    }

    @Override
    public int n(Contender contender) {
        return contender.runner() == Runner.THREADS
                ? connections
                : Sizes.of(contender, connections);
    }

    /**
     * The time in the queue is as long as the timeout of the clients, so a contender with few
     * threads is slow, and refuses none.
     */
    @Override
    public Map<String, String> workerSettings(Contender contender) {
        return Map.of(
                Setting.QUEUE.word(),
                String.valueOf(connections),
                Setting.QUEUE_TIMEOUT.word(),
                "5m");
    }

    private double limitSeconds() {
        int waves = (requests + connections - 1) / connections;
        return waves * sleep.toMillis() / 1e3;
    }

    private boolean connectFirst() {
        return connections > MOST_AT_ONCE;
    }

    private int warmUpConnections() {
        return Math.min(connections, 1_000);
    }

    @Override
    public void measure(Entry entry, Workshop workshop, Sink sink)
            throws IOException, InterruptedException {
        String reason = reasonToSkip(entry.contender(), Workshop.n(entry.contender(), this));
        if (!reason.isEmpty()) {
            sink.skipped(variant(), reason);
            return;
        }
        try (ClientProcess client = workshop.client();
                ServerProcess server = workshop.server(entry)) {
            for (int burst = 0; burst < WARM_UP_BURSTS; burst++) {
                client.closedLoop(
                        server.port(),
                        "/sleep?ms=20",
                        warmUpConnections(),
                        warmUpConnections() * WARM_UP_REQUESTS_EACH,
                        false);
            }
            try (UsageWatch watch = new UsageWatch(server.pid())) {
                ClientResult result =
                        client.closedLoop(
                                server.port(),
                                "/sleep?ms=" + sleep.toMillis(),
                                connections,
                                requests,
                                connectFirst());
                report(result, watch.stop(), sink);
            }
        }
    }

    private String reasonToSkip(Contender contender, int n) {
        if (contender.runner() == Runner.THREADS && n > MOST_THREADS) {
            return n + " OS threads (at most " + MOST_THREADS + " are tried)";
        }
        if (contender.runner() == Runner.POOL) {
            Duration needed = sleep.multipliedBy(requests / n);
            if (needed.compareTo(LONGEST_OF_POOL) > 0) {
                return "a pool of " + n + " needs " + needed.toSeconds() + " s";
            }
        }
        return "";
    }

    private void report(ClientResult result, Usage usage, Sink sink) {
        double wall = result.number("wall") / 1e6;
        Values values =
                new Values()
                        .put(WALL, wall)
                        .put(LIMIT, wall / limitSeconds())
                        .put(CPU, usage.cpuSeconds())
                        .put(PEAK, usage.peakRssMegabytes())
                        .put(Values.SWITCHES, (double) usage.switches() / requests)
                        .put(Values.P50, result.millis("p50"))
                        .put(Values.P99, result.millis("p99"))
                        .put(Values.THREADS, usage.threads())
                        .put(Values.FAILED, result.number("failed"));
        sink.measured(
                variant(),
                values.map(),
                Values.failures(result.number("failed"), result.problem()));
    }
}
