package dev.treadle.bench.suite;

import dev.treadle.bench.app.HostSetup;
import dev.treadle.bench.process.ProcessUsage;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.Wrk;
import dev.treadle.bench.process.WrkResult;
import dev.treadle.bench.report.Metric;
import dev.treadle.settings.Setting;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The cost of the gate for a request that does nothing: two servers at once, with the gate and
 * without it, loaded in turn for short times. Other load on the machine changes from one second to
 * the next by more than the cost of the gate, so two runs of {@link FastBenchmark} cannot measure
 * it.
 */
public final class GateBenchmark implements Benchmark {
    private static final Metric WITH = Metric.shown("with_us", "CPU us/req", 2);
    private static final Metric WITHOUT = Metric.shown("without_us", "without the gate", 2);
    private static final Metric RATIO = Metric.chief("ratio", "ratio", 3);

    private final WrkLoad load;
    private final int slices;
    private final Wrk wrk;

    /**
     * @param load its duration is that of one slice; its warm-up is for each of the two servers
     * @param slices of each server, for each number of connections
     */
    public GateBenchmark(WrkLoad load, int slices) {
        this.load = load;
        this.slices = slices;
        this.wrk = new Wrk(load.threads());
    }

    @Override
    public String name() {
        return "gate";
    }

    @Override
    public String title() {
        return "a handler that answers 13 bytes at once, with the gate and without";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(WITH, WITHOUT, RATIO, Values.FAILED);
    }

    @Override
    public List<String> variants() {
        return load.connections().stream().map(GateBenchmark::variant).toList();
    }

    private static String variant(int connections) {
        return connections + " connections";
    }

    @Override
    public List<String> contenders() {
        return List.of("gevent");
    }

    @Override
    public String heap() {
        return "1g";
    }

    @Override
    public Map<String, String> circumstances() {
        return Map.of(
                "load",
                "wrk -t"
                        + load.threads()
                        + ", keep-alive, "
                        + slices
                        + " times "
                        + load.duration().toSeconds()
                        + " s on each server in turn, after a warm-up of "
                        + warmUpSlice()
                                .multipliedBy((long) slices * load.connections().size())
                                .toSeconds()
                        + " s of each; both servers are up all the time");
    }

    /** Whole seconds, as wrk has them, and at least one. */
    private Duration warmUpSlice() {
        long seconds =
                load.warmUp().dividedBy((long) slices * load.connections().size()).toSeconds();
        return Duration.ofSeconds(Math.max(1, seconds));
    }

    @Override
    public int n(Contender contender) {
        return Sizes.of(contender, load.connections().stream().max(Integer::compare).orElse(1));
    }

    @Override
    public Map<String, String> workerSettings(Contender contender) {
        return Map.of(Setting.QUEUE.word(), String.valueOf(n(contender)));
    }

    @Override
    public void measure(Entry entry, Workshop workshop, Sink sink)
            throws IOException, InterruptedException {
        Contender contender = entry.contender();
        if (!contender.isTreadle()) {
            variants()
                    .forEach(variant ->
                            sink.skipped(variant, contender.name() + " has no gate of Treadle's"));
            return;
        }
        Entry peer =
                new Entry(
                        entry.container(),
                        Contender.parse(
                                "--contenders", contender.name() + ":" + HostSetup.GATE + "=off"));
        try (ServerProcess with = workshop.server(entry);
                ServerProcess without = workshop.server(peer)) {
            Duration share = warmUpSlice();
            for (int connections : load.connections()) {
                // in turn too: a server that idles meanwhile would have its clock lowered
                for (int slice = 0; slice < slices; slice++) {
                    wrk.run(with.url("/fast"), connections, share);
                    wrk.run(without.url("/fast"), connections, share);
                }
            }
            for (int connections : load.connections()) {
                measure(connections, with, without, sink);
            }
        }
    }

    private void measure(int connections, ServerProcess with, ServerProcess without, Sink sink)
            throws IOException, InterruptedException {
        Cost costWith = new Cost(with);
        Cost costWithout = new Cost(without);
        for (int slice = 0; slice < slices; slice++) {
            // the order changes each time
            Cost first = slice % 2 == 0 ? costWith : costWithout;
            Cost second = slice % 2 == 0 ? costWithout : costWith;
            first.add(connections);
            second.add(connections);
        }
        long failed = costWith.failed + costWithout.failed;
        Values values =
                new Values()
                        .put(WITH, costWith.micros())
                        .put(WITHOUT, costWithout.micros())
                        .put(RATIO, costWith.micros() / costWithout.micros())
                        .put(Values.FAILED, failed);
        sink.measured(variant(connections), values.map(), Values.failures(failed, ""));
    }

    /** The resources that one of the two servers has used in its slices. */
    private final class Cost {
        private final ServerProcess server;
        private double cpuSeconds;
        private long requests;
        private long failed;

        Cost(ServerProcess server) {
            this.server = server;
        }

        void add(int connections) throws IOException, InterruptedException {
            double before = ProcessUsage.cpuSeconds(server.pid());
            WrkResult result = wrk.run(server.url("/fast"), connections, load.duration());
            cpuSeconds += ProcessUsage.cpuSeconds(server.pid()) - before;
            requests += result.requests();
            failed += result.failed();
        }

        double micros() {
            return cpuSeconds * 1e6 / requests;
        }
    }
}
