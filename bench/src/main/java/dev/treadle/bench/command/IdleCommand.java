package dev.treadle.bench.command;

import dev.treadle.bench.suite.Benchmark;
import dev.treadle.bench.suite.IdleBenchmark;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** {@code bench/run idle}. */
@Command(name = "idle", sortOptions = false, header = "CPU time and wake-ups of an idle server.")
final class IdleCommand implements Callable<Integer> {
    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--duration",
            paramLabel = "D",
            defaultValue = "60s",
            description = "Default: ${DEFAULT-VALUE}.")
    private String duration = "60s";

    private Benchmark benchmark() {
        return new IdleBenchmark(
                Texts.duration("--duration", duration, Duration.ofSeconds(1), Duration.ofHours(1)));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return common.run(benchmark());
    }
}
