package dev.treadle.bench.command;

import dev.treadle.bench.suite.Benchmark;
import dev.treadle.bench.suite.HogBenchmark;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** {@code bench/run hog}. */
@Command(
        name = "hog",
        sortOptions = false,
        header = "The delay of quick requests beside one that computes for long.")
final class HogCommand implements Callable<Integer> {
    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "64",
            description = "Of the quick requests. Default: ${DEFAULT-VALUE}.")
    private String connections = "64";

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Quick requests a second. Default: ${DEFAULT-VALUE}.")
    private String rate = "1000";

    @Option(
            names = "--duration",
            paramLabel = "D",
            defaultValue = "20s",
            description = "Default: ${DEFAULT-VALUE}.")
    private String duration = "20s";

    @Option(
            names = "--hog",
            paramLabel = "D",
            defaultValue = "500ms",
            description = "How long a hog computes. Default: ${DEFAULT-VALUE}.")
    private String hog = "500ms";

    @Option(
            names = "--every",
            paramLabel = "D",
            defaultValue = "1s",
            description = "From one hog to the next. Default: ${DEFAULT-VALUE}.")
    private String every = "1s";

    private Benchmark benchmark() {
        return new HogBenchmark(
                Texts.duration("--duration", duration, Duration.ofSeconds(1), Duration.ofHours(1)),
                Texts.count("--rate", rate, 1, 100_000),
                Texts.count("--connections", connections, 1, 10_000),
                Texts.duration("--hog", hog, Duration.ofMillis(1), Duration.ofSeconds(30)),
                Texts.duration("--every", every, Duration.ofMillis(10), Duration.ofMinutes(1)));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return common.run(benchmark());
    }
}
