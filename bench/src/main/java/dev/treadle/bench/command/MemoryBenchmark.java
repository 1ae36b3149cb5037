package dev.treadle.bench.command;

import dev.treadle.bench.client.Clients;
import dev.treadle.bench.client.Hold;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.Usage;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.report.Metric;
import dev.treadle.bench.server.Runner;
import dev.treadle.settings.Setting;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The memory for many requests that all wait. */
@Command(name = "memory", sortOptions = false, header = "The memory for many requests that wait.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class MemoryBenchmark extends Benchmark {
    private static final Metric IDLE = Metric.shown("idle_mb", "RSS idle MB", 0);
    private static final Metric HELD = Metric.of("held_mb", "RSS held MB", 0);
    private static final Metric EACH = Metric.of("held_kb", "KB/request", 1);
    private static final Metric CLEAN = Metric.of("clean_kb", "KB/request after GC", 1);
    private static final Metric HEAP = Metric.of("heap_kb", "heap KB/request", 1);
    private static final Metric COUNT = Metric.shown("held", "held at once", 0);

    private static final int MOST_THREADS = 4_000;
    private static final int WARM_UP_CONNECTIONS = 1_000;
    private static final Duration ARRIVAL_PATIENCE = Duration.ofSeconds(60);

    // longer than it takes to look at them; the server is killed while they sleep
    private static final Duration SLEEP = Duration.ofMinutes(10);

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "50000",
            description = "Requests held at once. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "1000000")
    private int connections;

    @Override
    void requirePossible() throws IOException {
        Descriptors.require("--connections", connections);
    }

    @Override
    Description description() {
        return new Description(
                "requests that all sleep at once, each on its connection",
                List.of(variant()),
                Description.ALL_CONTENDERS,
                "3g",
                Map.of(
                        "load",
                        "idle: after a warm-up of "
                                + WARM_UP_CONNECTIONS
                                + " requests at once, and GC. Then "
                                + connections
                                + " requests; RSS above idle by request, before and after another GC;"
                                + " heap: live objects above idle by request"));
    }

    private String variant() {
        return connections + " requests held";
    }

    @Override
    int n(Contender contender) {
        return contender.runner() == Runner.THREADS ? connections : contender.n(connections);
    }

    @Override
    Map<String, String> workerSettings(Contender contender) {
        return Map.of(Setting.QUEUE_TIMEOUT.word(), "5m");
    }

    @Override
    void measure(Entry entry, Workshop workshop, Sheet sheet)
            throws IOException, InterruptedException {
        String reason = reasonToSkip(entry.contender(), Workshop.n(entry.contender(), this));
        if (!reason.isEmpty()) {
            sheet.skipped(variant(), reason);
            return;
        }
        try (ServerProcess server = workshop.server(entry)) {
            Clients.warmUp(
                    server.port(), "/sleep?ms=20", WARM_UP_CONNECTIONS, 3 * WARM_UP_CONNECTIONS, 1);
            double idleHeap = server.collectGarbage();
            try (UsageWatch watch = new UsageWatch(server.pid())) {
                hold(server, idleHeap, watch, sheet);
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

    private void hold(ServerProcess server, double idleHeap, UsageWatch watch, Sheet sheet)
            throws IOException, InterruptedException {
        double idle = watch.rssMegabytes();
        String path = "/sleep?ms=" + SLEEP.toMillis();
        try (Hold requests = new Hold(server.port(), path, connections)) {
            int held = server.awaitSleeping(connections, ARRIVAL_PATIENCE);
            double full = watch.rssMegabytes();
            double heap = server.collectGarbage();
            Usage usage = watch.stop();
            double perRequest = 1_024.0 / Math.max(1, held);
            Values values =
                    new Values()
                            .put(IDLE, idle)
                            .put(HELD, full)
                            .put(EACH, (full - idle) * perRequest)
                            .put(CLEAN, (usage.rssMegabytes() - idle) * perRequest)
                            .put(HEAP, (heap - idleHeap) * perRequest)
                            .put(COUNT, held)
                            .put(Values.THREADS, usage.threads());
            String problem =
                    held == connections
                            ? ""
                            : held
                                    + " held (expected: "
                                    + connections
                                    + "); sending ended with: "
                                    + requests.problem();
            sheet.measured(variant(), values, problem);
        }
    }
}
