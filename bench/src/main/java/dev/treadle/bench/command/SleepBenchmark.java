package dev.treadle.bench.command;

import dev.treadle.bench.client.Clients;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.Usage;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.report.Metric;
import dev.treadle.bench.server.Runner;
import dev.treadle.launcher.load.ClosedLoop;
import dev.treadle.launcher.load.LoadResult;
import dev.treadle.settings.Setting;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Many clients at once, and a handler that sleeps: how close to the limit is the whole? */
@Command(
        name = "sleep",
        sortOptions = false,
        header = "Many clients at once and a handler that sleeps.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class SleepBenchmark extends Benchmark {
    private static final Metric WALL = Metric.of("wall_s", "wall s", 2);
    private static final Metric LIMIT = Metric.of("x_limit", "x limit", 2);
    private static final Metric CPU = Metric.of("cpu_s", "CPU s", 2);
    private static final Metric PEAK = Metric.of("peak_rss_mb", "peak RSS MB", 0);

    /** With more platform threads the machine itself would be the limit. */
    private static final int MOST_THREADS = 4_000;

    /** Half the accept backlog: more at once would measure the kernel's retries. */
    private static final int MOST_AT_ONCE = 2_000;

    /**
     * How often all come and go before the measurement. Otherwise the cores would compile the code
     * for new connections while a thousand of them wait, and the benchmark would measure that.
     */
    private static final int WARM_UP_BURSTS = 10;

    private static final int WARM_UP_CONNECTIONS = 1_000;
    private static final int WARM_UP_REQUESTS_EACH = 3;

    private static final Duration LONGEST_OF_POOL = Duration.ofSeconds(45);

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Clients at once. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "1000000")
    private int connections;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "Of all clients together. Default: two for each.")
    @Range(min = "1", max = "100000000")
    private @Nullable Integer requests;

    @Option(
            names = "--sleep",
            paramLabel = "D",
            defaultValue = "1s",
            description = "How long each request takes. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1ms", max = "1m")
    private Duration sleep;

    private int requests() {
        return requests == null ? 2 * connections : requests;
    }

    @Override
    void requirePossible() throws IOException {
        Descriptors.require("--connections", connections);
    }

    @Override
    Description description() {
        return new Description(
                "a handler that sleeps " + sleep.toMillis() + " ms, all clients at once",
                List.of(variant()),
                Description.ALL_CONTENDERS,
                connectFirst() ? "3g" : "1g",
                Map.of(
                        "load",
                        ("clients of our own, keep-alive, %s after a warm-up of"
                                        + " %d times %d connections with %d short requests each; limit %s s")
                                .formatted(
                                        connectFirst()
                                                ? "connected before, then all sending at once,"
                                                : "all connecting at once,",
                                        WARM_UP_BURSTS,
                                        Math.min(connections, WARM_UP_CONNECTIONS),
                                        WARM_UP_REQUESTS_EACH,
                                        limitSeconds())));
    }

    private String variant() {
        return connections + " connections, " + requests() + " requests";
    }

    @Override
    int n(Contender contender) {
        return contender.runner() == Runner.THREADS ? connections : contender.n(connections);
    }

    /**
     * The time in the queue is as long as the timeout of the clients, so a contender with few
     * threads is slow, and refuses none.
     */
    @Override
    Map<String, String> workerSettings(Contender contender) {
        return Map.of(
                Setting.QUEUE.word(),
                String.valueOf(connections),
                Setting.QUEUE_TIMEOUT.word(),
                "5m");
    }

    private double limitSeconds() {
        int waves = (requests() + connections - 1) / connections;
        return waves * sleep.toMillis() / 1e3;
    }

    private boolean connectFirst() {
        return connections > MOST_AT_ONCE;
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
            int warm = Math.min(connections, WARM_UP_CONNECTIONS);
            Clients.warmUp(
                    server.port(),
                    "/sleep?ms=20",
                    warm,
                    warm * WARM_UP_REQUESTS_EACH,
                    WARM_UP_BURSTS);
            ClosedLoop load = Clients.closedLoop(server.port(), "/sleep?ms=" + sleep.toMillis());
            if (connectFirst()) {
                load.connectingFirst();
            }
            try (UsageWatch watch = new UsageWatch(server.pid())) {
                report(load.run(connections, requests()), watch.stop(), sheet);
            }
        }
    }

    private String reasonToSkip(Contender contender, int n) {
        if (contender.runner() == Runner.THREADS && n > MOST_THREADS) {
            return n + " OS threads (at most " + MOST_THREADS + " are tried)";
        }
        if (contender.runner() == Runner.POOL) {
            Duration needed = sleep.multipliedBy(requests() / n);
            if (needed.compareTo(LONGEST_OF_POOL) > 0) {
                return "a pool of " + n + " needs " + needed.toSeconds() + " s";
            }
        }
        return "";
    }

    private void report(LoadResult result, Usage usage, Sheet sheet) {
        Values values =
                new Values()
                        .put(WALL, result.wallSeconds())
                        .put(LIMIT, result.wallSeconds() / limitSeconds())
                        .put(CPU, usage.cpu().seconds())
                        .put(PEAK, usage.peakRssMegabytes())
                        .put(Values.SWITCHES, (double) usage.switches() / requests())
                        .put(Values.P50, result.p50Millis())
                        .put(Values.P99, result.p99Millis())
                        .put(Values.THREADS, usage.threads())
                        .put(Values.FAILED, result.failed());
        sheet.measured(variant(), values, Values.failures(result.failed(), result.firstProblem()));
    }
}
