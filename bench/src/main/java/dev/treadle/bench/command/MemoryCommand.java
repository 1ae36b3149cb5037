package dev.treadle.bench.command;

import dev.treadle.bench.suite.Benchmark;
import dev.treadle.bench.suite.Descriptors;
import dev.treadle.bench.suite.MemoryBenchmark;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.concurrent.Callable;

/** {@code bench/run memory}. */
@Command(name = "memory", sortOptions = false, header = "The memory for many requests that wait.")
final class MemoryCommand implements Callable<Integer> {
    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "50000",
            description = "Requests held at once. Default: ${DEFAULT-VALUE}.")
    private String connections = "50000";

    private Benchmark benchmark() throws IOException {
        int held = Texts.count("--connections", connections, 1, 1_000_000);
        Descriptors.require("--connections", held);
        return new MemoryBenchmark(held);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return common.run(benchmark());
    }
}
