package dev.treadle.bench.command;

import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.Usage;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.process.Wrk;
import dev.treadle.bench.report.Metric;
import dev.treadle.settings.Setting;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A path loaded by wrk, over several numbers of connections, one server for all of them. */
@SuppressWarnings("NullAway.Init") // picocli fills in options
abstract class WrkBenchmark extends Benchmark {
    private static final Metric RATE = Metric.of("rps", "req/s", 0);
    private static final Metric CPU = Metric.of("cpu_us", "CPU us/req", 1);
    private static final Metric USER = Metric.shown("user_us", "user", 1);
    private static final Metric SYSTEM = Metric.shown("sys_us", "sys", 1);

    @Option(
            names = "--duration",
            paramLabel = "D",
            defaultValue = "10s",
            description = "Of each case. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1s", max = "60m")
    private Duration duration;

    @Option(
            names = "--warm-up",
            paramLabel = "D",
            defaultValue = "8s",
            description = "Of each server, shared by the cases. Default: ${DEFAULT-VALUE}.")
    @Range(min = "0s", max = "10m")
    private Duration warmUp;

    @Option(
            names = "--wrk-threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "64")
    private int threads;

    /** Returns the numbers of connections, one case for each. */
    abstract List<Integer> connections();

    /** Returns what is measured, in half a line. */
    abstract String title();

    @Override
    final void requirePossible() {
        Wrk.requireInstalled();
    }

    @Override
    Description description() {
        Map<String, String> circumstances = new LinkedHashMap<>();
        circumstances.put(
                "load",
                "wrk -t%d, keep-alive, %d s each, after a warm-up of %d s in all"
                        .formatted(threads, duration.toSeconds(), warmUp.toSeconds()));
        return new Description(
                title(),
                connections().stream().map(Wrk::variant).toList(),
                Description.ALL_CONTENDERS,
                "1g",
                circumstances);
    }

    @Override
    final int n(Contender contender) {
        return contender.n(Collections.max(connections()));
    }

    /**
     * No request is refused: a contender with fewer threads than connections lets the rest wait.
     */
    @Override
    final Map<String, String> workerSettings(Contender contender) {
        int line = Math.max(Contender.GREENLETS, Collections.max(connections()));
        return Map.of(Setting.QUEUE.word(), String.valueOf(line));
    }

    final void measure(ServerProcess server, String path, Sheet sheet)
            throws IOException, InterruptedException {
        Wrk wrk = new Wrk(threads);
        String url = server.url(path);
        Duration share = warmUp.dividedBy(connections().size());
        if (!share.isZero()) {
            // the last one first: requests it leaves in a server's line do not fall on what is
            // measured first
            for (int connections : connections().reversed()) {
                wrk.run(url, connections, share);
            }
        }
        for (int connections : connections()) {
            try (UsageWatch watch = new UsageWatch(server.pid())) {
                Wrk.Result result = wrk.run(url, connections, duration);
                report(Wrk.variant(connections), result, watch.stop(), sheet);
            }
        }
    }

    private static void report(String variant, Wrk.Result result, Usage usage, Sheet sheet) {
        double requests = (double) result.requests();
        Values values =
                new Values()
                        .put(RATE, requests / result.seconds())
                        .put(CPU, usage.cpu().seconds() * 1e6 / requests)
                        .put(USER, usage.cpu().userSeconds() * 1e6 / requests)
                        .put(SYSTEM, usage.cpu().systemSeconds() * 1e6 / requests)
                        .put(Values.SWITCHES, (double) usage.switches() / requests)
                        .put(Values.P50, result.p50Millis())
                        .put(Values.P99, result.p99Millis())
                        .putAtEnd(usage)
                        .put(Values.FAILED, result.failed());
        sheet.measured(variant, values, Values.failures(result.failed(), ""));
    }
}
