package dev.treadle.bench.command;

import dev.treadle.bench.client.Clients;
import dev.treadle.bench.client.CrowdLoad;
import dev.treadle.bench.client.CrowdResult;
import dev.treadle.bench.client.Phase;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.Usage;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.report.Metric;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The delay of quick requests beside one that computes for long. */
@Command(
        name = "hog",
        sortOptions = false,
        header = "The delay of quick requests beside one that computes for long.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class HogBenchmark extends Benchmark {
    private static final Metric P99 = Metric.of("p99_ms", "p99 ms", 1);
    private static final Metric P999 = Metric.of("p999_ms", "p99.9 ms", 1);
    private static final Metric MAX = Metric.of("max_ms", "max ms", 1);
    private static final Metric OK = Metric.shown("ok", "answered", 0);
    private static final Metric HOGS = Metric.shown("hogs", "hogs", 0);

    private static final int HOG_CONNECTIONS = 16;

    /** Without an answer for so long a request has failed. */
    private static final int PATIENCE_MILLIS = 60_000;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "64",
            description = "Of the quick requests. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "10000")
    private int connections;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Quick requests a second. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "100000")
    private int rate;

    @Option(
            names = "--duration",
            paramLabel = "D",
            defaultValue = "20s",
            description = "Default: ${DEFAULT-VALUE}.")
    @Range(min = "1s", max = "60m")
    private Duration duration;

    @Option(
            names = "--hog",
            paramLabel = "D",
            defaultValue = "500ms",
            description = "How long a hog computes. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1ms", max = "30s")
    private Duration hog;

    @Option(
            names = "--every",
            paramLabel = "D",
            defaultValue = "1s",
            description = "From one hog to the next. Default: ${DEFAULT-VALUE}.")
    @Range(min = "10ms", max = "1m")
    private Duration every;

    @Override
    Description description() {
        return new Description(
                "%d quick requests a second beside one that computes %d ms every %d ms"
                        .formatted(rate, hog.toMillis(), every.toMillis()),
                List.of(variant()),
                List.of(
                        "gevent:hubs=1",
                        "gevent:hubs=2",
                        "gevent-noretake:hubs=1",
                        "gevent-noretake:hubs=2",
                        "virtual",
                        "pool",
                        "own-virtual"),
                "1g",
                Map.of(
                        "load",
                        "open loop: a request has its time to be sent, and its latency counts from then;"
                                + " warm-up of "
                                + warmUp().toSeconds()
                                + " s with a hog in it"));
    }

    private String variant() {
        return connections + " connections, " + duration.toSeconds() + " s";
    }

    private Duration warmUp() {
        Duration quarter = duration.dividedBy(4);
        return quarter.compareTo(every) > 0 ? quarter : every;
    }

    @Override
    int n(Contender contender) {
        return contender.n(connections);
    }

    @Override
    void measure(Entry entry, Workshop workshop, Sheet sheet)
            throws IOException, InterruptedException {
        try (ServerProcess server = workshop.server(entry)) {
            List<CrowdResult> warm = Clients.crowds(loads(server.port(), warmUp()));
            if (warm.getFirst().ok() == 0) {
                throw new IOException("no answer at the warm-up: " + warm.getFirst().problem());
            }
            try (UsageWatch watch = new UsageWatch(server.pid())) {
                List<CrowdResult> results = Clients.crowds(loads(server.port(), duration));
                report(results.get(0), results.get(1), watch.stop(), sheet);
            }
        }
    }

    /**
     * Returns the quick requests, and the hogs, the first of which comes after half an interval.
     */
    private List<CrowdLoad> loads(int port, Duration lasting) {
        int millis = (int) lasting.toMillis();
        int half = (int) every.dividedBy(2).toMillis();
        Phase quick = new Phase(millis, rate, 0);
        Phase none = new Phase(half, 0, 0);
        Phase hogs = new Phase(millis - half, 1e3 / every.toMillis(), 0);
        String hogPath = "/hog?ms=" + hog.toMillis();
        return List.of(
                new CrowdLoad(port, "/fast", List.of(quick), PATIENCE_MILLIS, 0, connections),
                new CrowdLoad(
                        port, hogPath, List.of(none, hogs), PATIENCE_MILLIS, 0, HOG_CONNECTIONS));
    }

    private void report(CrowdResult quick, CrowdResult hogs, Usage usage, Sheet sheet) {
        long failed = quick.users() - quick.ok();
        Values values =
                new Values()
                        .put(Values.P50, quick.latency().p50())
                        .put(P99, quick.latency().p99())
                        .put(P999, quick.latency().p999())
                        .put(MAX, quick.latency().max())
                        .put(OK, quick.ok())
                        .put(Values.FAILED, failed)
                        .put(HOGS, hogs.users())
                        .put(Values.CPU_SECONDS, usage.cpu().seconds())
                        .putAtEnd(usage);
        sheet.measured(variant(), values, Values.failures(failed, quick.problem()));
    }
}
