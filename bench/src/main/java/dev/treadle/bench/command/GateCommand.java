package dev.treadle.bench.command;

import dev.treadle.bench.suite.Benchmark;
import dev.treadle.bench.suite.GateBenchmark;
import dev.treadle.bench.suite.WrkLoad;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** {@code bench/run gate}. */
@Command(
        name = "gate",
        sortOptions = false,
        header = "Cost of the gate: two servers loaded in turn, with it and without. Needs wrk.")
final class GateCommand implements Callable<Integer> {
    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--connections",
            paramLabel = "N,...",
            defaultValue = "64,256",
            description = "One case for each. Default: ${DEFAULT-VALUE}.")
    private String connections = "64,256";

    @Option(
            names = "--slices",
            paramLabel = "N",
            defaultValue = "10",
            description = "Of each server in each case. Default: ${DEFAULT-VALUE}.")
    private String slices = "10";

    @Option(
            names = "--slice",
            paramLabel = "D",
            defaultValue = "1s",
            description = "Whole seconds. Default: ${DEFAULT-VALUE}.")
    private String slice = "1s";

    @Option(
            names = "--warm-up",
            paramLabel = "D",
            defaultValue = "20s",
            description =
                    "Of each server, in whole seconds for each slice, at least one. Default: ${DEFAULT-VALUE}.")
    private String warmUp = "20s";

    private Benchmark benchmark() {
        return new GateBenchmark(
                new WrkLoad(
                        1,
                        Texts.counts("--connections", connections, 1, 20_000),
                        Texts.duration("--warm-up", warmUp, Duration.ZERO, Duration.ofMinutes(10)),
                        Texts.seconds(
                                "--slice", slice, Duration.ofSeconds(1), Duration.ofMinutes(1))),
                Texts.count("--slices", slices, 1, 1_000));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return common.run(benchmark());
    }
}
