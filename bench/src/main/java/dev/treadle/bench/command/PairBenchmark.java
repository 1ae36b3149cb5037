package dev.treadle.bench.command;

import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.process.Wrk;
import dev.treadle.bench.report.Metric;
import dev.treadle.settings.Setting;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The cost of a request on two servers that are up at once and loaded in turn for short times.
 * Other load on the machine changes from one second to the next by more than what such a pair
 * measures, so two runs of {@link FastBenchmark} cannot measure it.
 */
@SuppressWarnings("NullAway.Init") // picocli fills in options
abstract class PairBenchmark extends Benchmark {
    private static final Metric RATIO = Metric.of("ratio", "ratio", 3);

    @Option(
            names = "--connections",
            paramLabel = "N,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "64,256",
            description = "One case for each. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "20000")
    private List<Integer> connections;

    @Option(
            names = "--slices",
            paramLabel = "N",
            defaultValue = "10",
            description = "Of each server in each case. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "1000")
    private int slices;

    @Option(
            names = "--slice",
            paramLabel = "D",
            defaultValue = "1s",
            description = "Whole seconds. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1s", max = "1m", wholeSeconds = true)
    private Duration slice;

    @Option(
            names = "--warm-up",
            paramLabel = "D",
            defaultValue = "20s",
            description =
                    "Of each server, in whole seconds for each slice, at least one. Default: ${DEFAULT-VALUE}.")
    @Range(min = "0s", max = "10m")
    private Duration warmUp;

    private final Wrk wrk = new Wrk(1);

    /** Returns what is measured, in half a line. */
    abstract String title();

    /** Returns the handler that both servers are asked for, until it is closed. */
    Handler handler() throws IOException {
        return Handler.fast();
    }

    /** Returns the cost on the server of {@link #first}. */
    abstract Metric firstCost();

    /** Returns the cost on the server of {@link #second}, which is the base of the ratio. */
    abstract Metric secondCost();

    /** Returns why {@code contender} has no such pair; empty if it has. */
    abstract String reasonAgainst(Contender contender);

    /** Starts the server whose cost is in question. */
    abstract ServerProcess first(Entry entry, Workshop workshop)
            throws IOException, InterruptedException;

    /** Starts the server it is compared with. */
    abstract ServerProcess second(Entry entry, Workshop workshop)
            throws IOException, InterruptedException;

    @Override
    void requirePossible() throws IOException {
        Wrk.requireInstalled();
    }

    @Override
    Description description() {
        long warmUpSeconds =
                warmUpSlice().multipliedBy((long) slices * connections.size()).toSeconds();
        return new Description(
                title(),
                connections.stream().map(Wrk::variant).toList(),
                List.of("gevent"),
                "1g",
                Map.of(
                        "load",
                        ("wrk -t1, keep-alive, %d times %d s on each server in turn, after a warm-up of"
                                        + " %d s of each; both servers are up all the time")
                                .formatted(slices, slice.toSeconds(), warmUpSeconds)));
    }

    /** Whole seconds, as wrk has them, and at least one. */
    private Duration warmUpSlice() {
        long seconds = warmUp.dividedBy((long) slices * connections.size()).toSeconds();
        return Duration.ofSeconds(Math.max(1, seconds));
    }

    @Override
    int n(Contender contender) {
        return contender.n(Collections.max(connections));
    }

    @Override
    Map<String, String> workerSettings(Contender contender) {
        return Map.of(Setting.QUEUE.word(), String.valueOf(n(contender)));
    }

    @Override
    final void measure(Entry entry, Workshop workshop, Sheet sheet)
            throws IOException, InterruptedException {
        String reason = reasonAgainst(entry.contender());
        if (!reason.isEmpty()) {
            for (int each : connections) {
                sheet.skipped(Wrk.variant(each), reason);
            }
            return;
        }
        try (Handler handler = handler();
                ServerProcess first = first(entry, workshop);
                ServerProcess second = second(entry, workshop)) {
            for (int each : connections) {
                // in turn too: a server that idles meanwhile would have its clock lowered
                for (int i = 0; i < slices; i++) {
                    wrk.run(first.url(handler.path()), each, warmUpSlice());
                    wrk.run(second.url(handler.path()), each, warmUpSlice());
                }
            }
            for (int each : connections) {
                String path = handler.path();
                measure(each, new Cost(first, path), new Cost(second, path), sheet);
            }
        }
    }

    private void measure(int each, Cost first, Cost second, Sheet sheet)
            throws IOException, InterruptedException {
        for (int i = 0; i < slices; i++) {
            // the order changes each time
            (i % 2 == 0 ? first : second).add(each);
            (i % 2 == 0 ? second : first).add(each);
        }
        long failed = first.failed + second.failed;
        Values values =
                new Values()
                        .put(firstCost(), first.micros())
                        .put(secondCost(), second.micros())
                        .put(RATIO, first.micros() / second.micros())
                        .put(Values.FAILED, failed);
        sheet.measured(Wrk.variant(each), values, Values.failures(failed, ""));
    }

    /** The resources that one of the two servers has used in its slices. */
    private final class Cost {
        private final ServerProcess server;
        private final String path;
        private double cpuSeconds;
        private long requests;
        private long failed;

        Cost(ServerProcess server, String path) {
            this.server = server;
            this.path = path;
        }

        void add(int each) throws IOException, InterruptedException {
            double before = UsageWatch.cpu(server.pid()).seconds();
            Wrk.Result result = wrk.run(server.url(path), each, slice);
            cpuSeconds += UsageWatch.cpu(server.pid()).seconds() - before;
            requests += result.requests();
            failed += result.failed();
        }

        double micros() {
            return cpuSeconds * 1e6 / requests;
        }
    }
}
