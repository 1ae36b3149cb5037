package dev.treadle.bench.command;

import dev.treadle.bench.suite.Benchmark;
import dev.treadle.bench.suite.FastBenchmark;
import dev.treadle.bench.suite.WrkLoad;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** {@code bench/run fast}. */
@Command(
        name = "fast",
        sortOptions = false,
        header = "The cost of a request that does nothing. Needs wrk.")
final class FastCommand implements Callable<Integer> {
    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--connections",
            paramLabel = "N,...",
            defaultValue = "64,256",
            description = "One case for each. Default: ${DEFAULT-VALUE}.")
    private String connections = "64,256";

    @Option(
            names = "--duration",
            paramLabel = "D",
            defaultValue = "10s",
            description = "Of each case. Default: ${DEFAULT-VALUE}.")
    private String duration = "10s";

    @Option(
            names = "--warm-up",
            paramLabel = "D",
            defaultValue = "8s",
            description = "Of each server, shared by the cases. Default: ${DEFAULT-VALUE}.")
    private String warmUp = "8s";

    @Option(
            names = "--wrk-threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Default: ${DEFAULT-VALUE}.")
    private String wrkThreads = "1";

    private Benchmark benchmark() {
        return new FastBenchmark(
                new WrkLoad(
                        Texts.count("--wrk-threads", wrkThreads, 1, 64),
                        Texts.counts("--connections", connections, 1, 20_000),
                        Texts.duration("--warm-up", warmUp, Duration.ZERO, Duration.ofMinutes(10)),
                        Texts.duration(
                                "--duration",
                                duration,
                                Duration.ofSeconds(1),
                                Duration.ofHours(1))));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return common.run(benchmark());
    }
}
