package dev.treadle.bench.command;

import dev.treadle.bench.suite.Benchmark;
import dev.treadle.bench.suite.Descriptors;
import dev.treadle.bench.suite.SleepBenchmark;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** {@code bench/run sleep}. */
@Command(
        name = "sleep",
        sortOptions = false,
        header = "Many clients at once and a handler that sleeps.")
final class SleepCommand implements Callable<Integer> {
    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Clients at once. Default: ${DEFAULT-VALUE}.")
    private String connections = "1000";

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "Of all clients together. Default: two for each.")
    private @Nullable String requests;

    @Option(
            names = "--sleep",
            paramLabel = "D",
            defaultValue = "1s",
            description = "How long each request takes. Default: ${DEFAULT-VALUE}.")
    private String sleep = "1s";

    private Benchmark benchmark() throws IOException {
        int clients = Texts.count("--connections", connections, 1, 1_000_000);
        Descriptors.require("--connections", clients);
        return new SleepBenchmark(
                clients,
                requests == null
                        ? 2 * clients
                        : Texts.count("--requests", requests, clients, 100_000_000),
                Texts.duration("--sleep", sleep, Duration.ofMillis(1), Duration.ofMinutes(1)));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return common.run(benchmark());
    }
}
