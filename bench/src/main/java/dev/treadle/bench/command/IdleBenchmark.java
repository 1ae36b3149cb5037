package dev.treadle.bench.command;

import dev.treadle.bench.client.Clients;
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

/** The resources that an idle server uses. */
@Command(name = "idle", sortOptions = false, header = "CPU time and wake-ups of an idle server.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class IdleBenchmark extends Benchmark {
    private static final Metric CPU = Metric.of("cpu_percent", "CPU %", 3);
    private static final Metric WAKE_UPS = Metric.of("switches_s", "switches/s", 1);

    private static final int WARM_UP_CONNECTIONS = 1_000;

    /** Until the JVM has compiled what the warm-up used, and spare threads have ended. */
    private static final Duration SETTLE = Duration.ofSeconds(15);

    @Option(
            names = "--duration",
            paramLabel = "D",
            defaultValue = "60s",
            description = "Default: ${DEFAULT-VALUE}.")
    @Range(min = "1s", max = "60m")
    private Duration duration;

    @Override
    Description description() {
        return new Description(
                "a server without requests",
                List.of(variant()),
                List.of("gevent", "threads", "virtual", "pool", "own-virtual", "helidon"),
                "1g",
                Map.of(
                        "load",
                        "none, from "
                                + SETTLE.toSeconds()
                                + " s after a warm-up of "
                                + 3 * WARM_UP_CONNECTIONS
                                + " requests on; CPU % of one core. The JVM's own timers are in it"));
    }

    private String variant() {
        return duration.toSeconds() + " s";
    }

    @Override
    int n(Contender contender) {
        return contender.n(WARM_UP_CONNECTIONS);
    }

    @Override
    void measure(Entry entry, Workshop workshop, Sheet sheet)
            throws IOException, InterruptedException {
        try (ServerProcess server = workshop.server(entry)) {
            Clients.warmUp(
                    server.port(), "/sleep?ms=20", WARM_UP_CONNECTIONS, 3 * WARM_UP_CONNECTIONS, 1);
            Thread.sleep(SETTLE);
            try (UsageWatch watch = new UsageWatch(server.pid())) {
                Thread.sleep(duration);
                Usage usage = watch.stop();
                double seconds = duration.toMillis() / 1e3;
                Values values =
                        new Values()
                                .put(CPU, usage.cpu().seconds() / seconds * 100)
                                .put(WAKE_UPS, usage.switches() / seconds)
                                .putAtEnd(usage);
                sheet.measured(variant(), values, "");
            }
        }
    }
}
