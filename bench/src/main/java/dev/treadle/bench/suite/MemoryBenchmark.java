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

/** The memory for many requests that all wait. */
public final class MemoryBenchmark implements Benchmark {
    private static final Metric IDLE = Metric.shown("idle_mb", "RSS idle MB", 0);
    private static final Metric HELD = Metric.of("held_mb", "RSS held MB", 0);
    private static final Metric EACH = Metric.chief("held_kb", "KB/request", 1);
    private static final Metric CLEAN = Metric.chief("clean_kb", "KB/request after GC", 1);
    private static final Metric HEAP = Metric.of("heap_kb", "heap KB/request", 1);
    private static final Metric COUNT = Metric.shown("held", "held at once", 0);

    private static final int MOST_THREADS = 4_000;
    private static final int WARM_UP_CONNECTIONS = 1_000;
    private static final Duration ARRIVAL_PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    // longer than it takes to look at them; the server is killed while they sleep
    private static final Duration SLEEP = Duration.ofMinutes(10);

    private final int connections;

    /**
     * @param connections how many requests are held at once
     */
    public MemoryBenchmark(int connections) {
        this.connections = connections;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String title() {
        return "requests that all sleep at once, each on its connection";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(IDLE, HELD, EACH, CLEAN, HEAP, COUNT, Values.THREADS);
    }

    @Override
    public List<String> variants() {
        return List.of(variant());
    }

    private String variant() {
        return connections + " requests held";
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
        return "3g";
    }

    @Override
    public Map<String, String> circumstances() {
        return Map.of(
                "load",
                "idle: after a warm-up of "
                        + WARM_UP_CONNECTIONS
                        + " requests at once, and GC. Then "
                        + connections
                        + " requests; RSS above idle by request, before and after another GC; heap: live objects above idle by request");
    }

    @Override
    public int n(Contender contender) {
        return contender.runner() == Runner.THREADS
                ? connections
                : Sizes.of(contender, connections);
    }

    @Override
    public Map<String, String> workerSettings(Contender contender) {
        return Map.of(Setting.QUEUE_TIMEOUT.word(), "5m");
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
            client.closedLoop(
                    server.port(),
                    "/sleep?ms=20",
                    WARM_UP_CONNECTIONS,
                    3 * WARM_UP_CONNECTIONS,
                    false);
            double idleHeap = server.collectGarbage();

            try (UsageWatch watch = new UsageWatch(server.pid())) {
                hold(client, server, idleHeap, watch, sink);
            } finally {
                server.kill();
            }
        }
    }

    private String reasonToSkip(Contender contender, int n) {
        boolean oneThreadEach =
                contender.runner() == Runner.THREADS || contender.runner() == Runner.POOL;
        if (oneThreadEach && n < connections) {
            return n + " threads cannot hold " + connections + " requests";
        }
        return oneThreadEach && n > MOST_THREADS
                ? n + " OS threads (at most " + MOST_THREADS + " are tried)"
                : "";
    }

    private void hold(
            ClientProcess client,
            ServerProcess server,
            double idleHeap,
            UsageWatch watch,
            Sink sink)
            throws IOException, InterruptedException {
        double idle = watch.rssMegabytes();
        ClientResult sent =
                client.hold(server.port(), "/sleep?ms=" + SLEEP.toMillis(), connections);
        int held = awaitArrival(server, (int) sent.number("sent"));
        double full = watch.rssMegabytes();
        double heap = server.collectGarbage();
        Usage usage = watch.stop();
        Values values =
                new Values()
                        .put(IDLE, idle)
                        .put(HELD, full)
                        .put(EACH, (full - idle) * 1_024 / Math.max(1, held))
                        .put(CLEAN, (usage.rssMegabytes() - idle) * 1_024 / Math.max(1, held))
                        .put(HEAP, (heap - idleHeap) * 1_024 / Math.max(1, held))
                        .put(COUNT, held)
                        .put(Values.THREADS, usage.threads());
        String problem =
                held == connections
                        ? ""
                        : held + " held (expected: " + connections + "). " + sent.problem();
        sink.measured(variant(), values.map(), problem);
    }

    private static int awaitArrival(ServerProcess server, int expected)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + ARRIVAL_PATIENCE.toNanos();
        int held = server.sleeping();
        while (held < expected && System.nanoTime() - end < 0) {
            Thread.sleep(LOOK_AGAIN);
            held = server.sleeping();
        }
        return held;
    }
}
