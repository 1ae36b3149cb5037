package dev.treadle.bench.suite;

import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.Usage;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.process.Wrk;
import dev.treadle.bench.process.WrkResult;
import dev.treadle.bench.report.Metric;
import dev.treadle.settings.Setting;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A path loaded by wrk, over several numbers of connections, one server for all of them. */
abstract class WrkBenchmark implements Benchmark {
    private final WrkLoad load;
    private final Wrk wrk;

    WrkBenchmark(WrkLoad load) {
        this.load = load;
        this.wrk = new Wrk(load.threads());
    }

    @Override
    public final List<Metric> metrics() {
        return List.of(
                Values.RATE,
                Values.CPU,
                Values.USER,
                Values.SYSTEM,
                Values.SWITCHES,
                Values.P50,
                Values.P99,
                Values.RSS,
                Values.THREADS,
                Values.FAILED);
    }

    @Override
    public final List<String> variants() {
        return load.connections().stream().map(WrkBenchmark::variant).toList();
    }

    private static String variant(int connections) {
        return connections + " connections";
    }

    @Override
    public final String heap() {
        return "1g";
    }

    @Override
    public Map<String, String> circumstances() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "load",
                "wrk -t"
                        + load.threads()
                        + ", keep-alive, "
                        + load.duration().toSeconds()
                        + " s each, after a warm-up of "
                        + load.warmUp().toSeconds()
                        + " s in all");
        return facts;
    }

    @Override
    public final int n(Contender contender) {
        return Sizes.of(contender, mostConnections());
    }

    private int mostConnections() {
        return Collections.max(load.connections());
    }

    /**
     * No request is refused: a contender with fewer threads than connections lets the rest wait.
     */
    @Override
    public final Map<String, String> workerSettings(Contender contender) {
        return Map.of(
                Setting.QUEUE.word(), String.valueOf(Math.max(Sizes.GREENLETS, mostConnections())));
    }

    final void measure(ServerProcess server, String path, Sink sink)
            throws IOException, InterruptedException {
        String url = server.url(path);
        Duration warmUp = load.warmUp().dividedBy(load.connections().size());
        if (!warmUp.isZero()) {
            // the last one first: requests it leaves in a server's line do not fall on what is
            // measured first
            for (int connections : load.connections().reversed()) {
                wrk.run(url, connections, warmUp);
            }
        }
        for (int connections : load.connections()) {
            try (UsageWatch watch = new UsageWatch(server.pid())) {
                WrkResult result = wrk.run(url, connections, load.duration());
                report(connections, result, watch.stop(), sink);
            }
        }
    }

    private static void report(int connections, WrkResult result, Usage usage, Sink sink) {
        Values values =
                new Values()
                        .put(Values.RATE, result.requests() / result.seconds())
                        .put(Values.P50, result.p50Millis())
                        .put(Values.P99, result.p99Millis())
                        .put(Values.FAILED, result.failed())
                        .perRequest(usage, result.requests());
        sink.measured(variant(connections), values.map(), Values.failures(result.failed(), ""));
    }
}
