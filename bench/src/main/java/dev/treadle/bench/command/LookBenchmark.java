package dev.treadle.bench.command;

import dev.treadle.bench.client.Clients;
import dev.treadle.bench.client.CrowdLoad;
import dev.treadle.bench.client.CrowdResult;
import dev.treadle.bench.client.Hold;
import dev.treadle.bench.client.Phase;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.report.Metric;
import dev.treadle.settings.Setting;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * The delay of quick requests while somebody looks at many that are blocked: one server, loaded for
 * short times in turn, with the looks and without.
 */
@Command(
        name = "look",
        sortOptions = false,
        header = "The delay of quick requests while the stats address is asked each second.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class LookBenchmark extends Benchmark {
    private static final Metric WITH = Metric.of("with_p99_ms", "p99 ms, looked at", 2);
    private static final Metric WITHOUT = Metric.of("without_p99_ms", "p99 ms, not", 2);
    private static final Metric RATIO = Metric.of("ratio", "ratio of p99", 3);
    private static final Metric MEDIANS = Metric.of("p50_ratio", "ratio of p50", 3);
    private static final Metric CPU = Metric.of("cpu_ratio", "ratio of CPU", 3);
    private static final Metric FIRST = Metric.shown("first_look_ms", "first look ms", 0);
    private static final Metric LONGEST = Metric.of("look_ms", "longest later", 0);

    private static final Duration ARRIVAL_PATIENCE = Duration.ofSeconds(60);
    private static final int PATIENCE_MILLIS = 60_000;

    /** Longer than the whole benchmark. */
    private static final String HELD = "/sleep?ms=3600000";

    @Option(
            names = "--held",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Requests that are blocked. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "100000")
    private int held;

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
            defaultValue = "500",
            description = "Quick requests a second. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "100000")
    private int rate;

    @Option(
            names = "--slices",
            paramLabel = "N",
            defaultValue = "6",
            description = "With the looks, and as many without. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "1000")
    private int slices;

    @Option(
            names = "--slice",
            paramLabel = "D",
            defaultValue = "10s",
            description = "Default: ${DEFAULT-VALUE}.")
    @Range(min = "2s", max = "10m")
    private Duration slice;

    @Option(
            names = "--warm-up",
            paramLabel = "D",
            defaultValue = "20s",
            description =
                    "With looks, before what is measured; only the first look counts, which finds a cold"
                            + " server. Default: ${DEFAULT-VALUE}.")
    @Range(min = "2s", max = "10m")
    private Duration warmUp;

    @Override
    Description description() {
        return new Description(
                "%d quick requests a second beside %d that are blocked".formatted(rate, held),
                List.of(variant()),
                List.of("gevent", "virtual"),
                "2g",
                Map.of(
                        "load",
                        ("open loop; after a warm-up of %d s, %d times %d s with looks and as long without, in turn; once a second"
                                        + " the list, the groups, what the page asks for and what top asks for,"
                                        + " one after the other; each p99 is the median of the slices")
                                .formatted(warmUp.toSeconds(), slices, slice.toSeconds())));
    }

    private String variant() {
        return held + " blocked, " + rate + "/s";
    }

    @Override
    int n(Contender contender) {
        return contender.n(held + connections);
    }

    @Override
    Map<String, String> workerSettings(Contender contender) {
        return Map.of(Setting.QUEUE_TIMEOUT.word(), "5m");
    }

    @Override
    void measure(Entry entry, Workshop workshop, Sheet sheet)
            throws IOException, InterruptedException {
        if (!entry.contender().isTreadle()) {
            sheet.skipped(variant(), entry.contender().name() + " has no stats address");
            return;
        }
        try (ServerProcess server = workshop.server(entry);
                Hold blocked = new Hold(server.port(), HELD, held)) {
            int arrived = server.awaitSleeping(held, ARRIVAL_PATIENCE);
            if (arrived < held) {
                throw new IOException(
                        arrived + " held (expected: " + held + "): " + blocked.problem());
            }
            int stats = server.startStats();
            double first;
            try (StatsLooks looks = new StatsLooks(stats)) {
                CrowdResult unused = quick(server, warmUp);
                first = looks.firstMillis();
            }
            List<Slice> with = new ArrayList<>();
            List<Slice> without = new ArrayList<>();
            double longest = 0;
            for (int i = 0; i < 2 * slices; i++) {
                // with, without, without, with: the course of time affects both
                if (i % 4 == 0 || i % 4 == 3) {
                    try (StatsLooks looks = new StatsLooks(stats)) {
                        with.add(slice(server));
                        longest = Math.max(longest, looks.longestMillis());
                    }
                } else {
                    without.add(slice(server));
                }
            }
            report(with, without, first, longest, sheet);
            server.kill();
        }
    }

    private record Slice(CrowdResult result, double cpuSeconds) {}

    private Slice slice(ServerProcess server) throws IOException {
        double before = UsageWatch.cpu(server.pid()).seconds();
        CrowdResult result = quick(server, slice);
        return new Slice(result, UsageWatch.cpu(server.pid()).seconds() - before);
    }

    private CrowdResult quick(ServerProcess server, Duration time) {
        Phase phase = new Phase((int) time.toMillis(), rate, 0);
        CrowdLoad load =
                new CrowdLoad(
                        server.port(), "/fast", List.of(phase), PATIENCE_MILLIS, 0, connections);
        return Clients.crowds(List.of(load)).getFirst();
    }

    private void report(
            List<Slice> with, List<Slice> without, double first, double longest, Sheet sheet) {
        double p99With = median(with.stream().mapToDouble(each -> each.result().latency().p99()));
        double p99 = median(without.stream().mapToDouble(each -> each.result().latency().p99()));
        double p50With = median(with.stream().mapToDouble(each -> each.result().latency().p50()));
        double p50 = median(without.stream().mapToDouble(each -> each.result().latency().p50()));
        double cpuWith = median(with.stream().mapToDouble(Slice::cpuSeconds));
        double cpu = median(without.stream().mapToDouble(Slice::cpuSeconds));
        long failed = failed(with) + failed(without);
        Values values =
                new Values()
                        .put(WITH, p99With)
                        .put(WITHOUT, p99)
                        .put(RATIO, p99With / p99)
                        .put(MEDIANS, p50With / p50)
                        .put(CPU, cpuWith / cpu)
                        .put(FIRST, first)
                        .put(LONGEST, longest)
                        .put(Values.FAILED, failed);
        sheet.measured(variant(), values, Values.failures(failed, ""));
    }

    private static long failed(List<Slice> slices) {
        return slices.stream().mapToLong(each -> each.result().users() - each.result().ok()).sum();
    }

    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
    }
}
