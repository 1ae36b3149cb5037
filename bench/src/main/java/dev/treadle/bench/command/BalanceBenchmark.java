package dev.treadle.bench.command;

import dev.treadle.bench.client.Lane;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.report.Metric;
import dev.treadle.bench.report.Spread;

import org.HdrHistogram.Histogram;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The delay of requests that compute, when most of them come over the connections of one hub, in
 * turn with the same requests spread evenly over two hubs.
 */
@Command(
        name = "balance",
        sortOptions = false,
        header = "Most of the load on the connections of one hub of two, against an even load.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class BalanceBenchmark extends Benchmark {
    private static final Metric RATIO = Metric.of("ratio", "p99 ratio", 2);
    private static final Metric SKEWED = Metric.of("skewed_p99_ms", "p99 ms skewed", 1);
    private static final Metric EVEN = Metric.shown("even_p99_ms", "even", 1);
    private static final Metric SKEWED_P50 = Metric.of("skewed_p50_ms", "p50 ms skewed", 2);
    private static final Metric EVEN_P50 = Metric.shown("even_p50_ms", "even", 2);
    private static final Metric SKEWED_CPU = Metric.shown("skewed_cpu_us", "CPU us/req skewed", 0);
    private static final Metric EVEN_CPU = Metric.shown("even_cpu_us", "even", 0);

    private static final int HUBS = 2;

    /** A container may spread connections by a hash, which takes some attempts. */
    private static final int MOST_ATTEMPTS = 20;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "40",
            description = "Default: ${DEFAULT-VALUE}.")
    @Range(min = "2", max = "1000")
    private int connections;

    @Option(
            names = "--share",
            paramLabel = "PERCENT",
            defaultValue = "80",
            description = "Of the connections, on one hub. Default: ${DEFAULT-VALUE}.")
    @Range(min = "50", max = "100")
    private int share;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "500",
            description = "Requests a second, of all connections. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "100000")
    private int rate;

    @Option(
            names = "--work",
            paramLabel = "D",
            defaultValue = "2ms",
            description = "How long a request computes. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1ms", max = "1s")
    private Duration work;

    @Option(
            names = "--slices",
            paramLabel = "N",
            defaultValue = "12",
            description = "Of each of the two loads, in turn. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "1000")
    private int slices;

    @Option(
            names = "--slice",
            paramLabel = "D",
            defaultValue = "2s",
            description = "Default: ${DEFAULT-VALUE}.")
    @Range(min = "100ms", max = "1m")
    private Duration slice;

    @Override
    Description description() {
        return new Description(
                "%d requests a second that compute %d ms, %d %% of them over the connections of one hub"
                        .formatted(rate, work.toMillis(), share),
                List.of(variant()),
                List.of("gevent:hubs=2"),
                "1g",
                Map.of(
                        "load",
                        ("open loop: a request has its time to be sent, and its latency counts from"
                                        + " then; %d times %d ms of each load in turn, each figure the"
                                        + " median of its slices; before that a warm-up as long as both")
                                .formatted(slices, slice.toMillis())));
    }

    private String variant() {
        return connections + " connections";
    }

    @Override
    int n(Contender contender) {
        return contender.n(connections);
    }

    @Override
    void measure(Entry entry, Workshop workshop, Sheet sheet)
            throws IOException, InterruptedException {
        List<Lane> open = new ArrayList<>();
        try (ServerProcess server = workshop.server(entry)) {
            int most = Math.round(connections * share / 100f);
            List<List<Lane>> hubs = connect(server.port(), most, open);
            List<Lane> even = lanes(hubs, connections / 2);
            List<Lane> skewed = lanes(hubs, most);
            for (int i = 0; i < 2; i++) {
                Side unused = new Side();
                unused.add(server, even, slice.multipliedBy(slices / 2));
                unused.add(server, skewed, slice.multipliedBy(slices / 2));
            }
            Side first = new Side();
            Side second = new Side();
            for (int i = 0; i < slices; i++) {
                if (i % 2 == 0) { // the order changes each time
                    first.add(server, skewed, slice);
                    second.add(server, even, slice);
                } else {
                    second.add(server, even, slice);
                    first.add(server, skewed, slice);
                }
            }
            report(first, second, sheet);
        } finally {
            for (Lane lane : open) {
                lane.close();
            }
        }
    }

    /** Returns the connections of the two hubs, at least {@code most} of each. */
    private List<List<Lane>> connect(int port, int most, List<Lane> open) throws IOException {
        Map<String, List<Lane>> byThread = new LinkedHashMap<>();
        for (int i = 0; i < connections * MOST_ATTEMPTS; i++) {
            Lane lane = new Lane(port, i);
            open.add(lane);
            byThread.computeIfAbsent(lane.ask("/carrier"), thread -> new ArrayList<>()).add(lane);
            List<List<Lane>> full =
                    byThread.values().stream().filter(lanes -> lanes.size() >= most).toList();
            if (full.size() == HUBS) {
                return full;
            }
        }
        throw new IOException(
                open.size()
                        + " connections are on the threads "
                        + byThread.keySet()
                        + " (expected: at least "
                        + most
                        + " on each of two)");
    }

    private List<Lane> lanes(List<List<Lane>> hubs, int ofTheFirst) {
        List<Lane> lanes = new ArrayList<>(hubs.get(0).subList(0, ofTheFirst));
        lanes.addAll(hubs.get(1).subList(0, connections - ofTheFirst));
        return lanes;
    }

    /** One of the two loads. */
    private final class Side {
        private final List<Double> p99 = new ArrayList<>();
        private final List<Double> p50 = new ArrayList<>();
        private double cpuSeconds;
        private long requests;

        void add(ServerProcess server, List<Lane> lanes, Duration lasting) throws IOException {
            double before = UsageWatch.cpu(server.pid()).seconds();
            Histogram micros = load(lanes, lasting);
            cpuSeconds += UsageWatch.cpu(server.pid()).seconds() - before;
            requests += micros.getTotalCount();
            p99.add(micros.getValueAtPercentile(99) / 1e3);
            p50.add(micros.getValueAtPercentile(50) / 1e3);
        }

        double cpuMicros() {
            return cpuSeconds * 1e6 / requests;
        }
    }

    /** Each connection asks at its own even pace, which begins at a random time. */
    private Histogram load(List<Lane> lanes, Duration lasting) throws IOException {
        long every = TimeUnit.SECONDS.toNanos(1) * lanes.size() / rate;
        long now = System.nanoTime();
        long end = now + lasting.toNanos();
        String path = "/hog?ms=" + work.toMillis();
        List<CompletableFuture<Histogram>> running = new ArrayList<>();
        for (Lane lane : lanes) {
            long start = now + ThreadLocalRandom.current().nextLong(every);
            running.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return lane.askEvenly(path, start, every, end);
                                } catch (IOException failed) {
                                    throw new CompletionException(failed);
                                }
                            },
                            task -> new Thread(task).start()));
        }
        Histogram all = new Histogram(3);
        for (CompletableFuture<Histogram> each : running) {
            try {
                all.add(each.join());
            } catch (CompletionException failed) {
                throw new IOException(failed.getCause());
            }
        }
        return all;
    }

    private void report(Side skewed, Side even, Sheet sheet) {
        double skewedP99 = median(skewed.p99);
        double evenP99 = median(even.p99);
        Values values =
                new Values()
                        .put(RATIO, skewedP99 / evenP99)
                        .put(SKEWED, skewedP99)
                        .put(EVEN, evenP99)
                        .put(SKEWED_P50, median(skewed.p50))
                        .put(EVEN_P50, median(even.p50))
                        .put(SKEWED_CPU, skewed.cpuMicros())
                        .put(EVEN_CPU, even.cpuMicros());
        sheet.measured(variant(), values, "");
    }

    private static double median(List<Double> values) {
        return Spread.of(values).orElseThrow().median();
    }
}
