package dev.treadle.bench.command;

import dev.treadle.bench.suite.Benchmark;
import dev.treadle.bench.suite.Descriptors;
import dev.treadle.bench.suite.FastBenchmark;
import dev.treadle.bench.suite.HogBenchmark;
import dev.treadle.bench.suite.IdleBenchmark;
import dev.treadle.bench.suite.MemoryBenchmark;
import dev.treadle.bench.suite.SleepBenchmark;
import dev.treadle.bench.suite.UpstreamBenchmark;
import dev.treadle.bench.suite.WrkLoad;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code bench/run all}. */
@Command(name = "all", sortOptions = false, header = "All of them, each for a modest time.")
final class AllCommand implements Callable<Integer> {
    private static final Duration WARM_UP = Duration.ofSeconds(6);
    private static final Duration DURATION = Duration.ofSeconds(5);
    private static final int HELD = 50_000;

    @Mixin private final CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Benchmark> benchmarks = benchmarks();
        // an error in the last one must not be detected only after an hour
        benchmarks.forEach(common::check);
        int exitCode = 0;
        for (Benchmark benchmark : benchmarks) {
            exitCode = Math.max(exitCode, common.run(benchmark));
        }
        return exitCode;
    }

    private static List<Benchmark> benchmarks() throws IOException {
        int most = Descriptors.mostConnections();
        int held = Math.min(HELD, most / 1_000 * 1_000);
        if (held < HELD) {
            System.err.println(
                    "bench/run: memory holds "
                            + held
                            + " requests instead of "
                            + HELD
                            + ": more file descriptors are not to be had here");
        }
        return List.of(
                new FastBenchmark(new WrkLoad(1, List.of(64, 256), WARM_UP, DURATION)),
                new SleepBenchmark(1_000, 2_000, Duration.ofSeconds(1)),
                new SleepBenchmark(10_000, 20_000, Duration.ofSeconds(1)),
                new UpstreamBenchmark(
                        new WrkLoad(1, List.of(128, 1_000), WARM_UP, DURATION),
                        Duration.ofMillis(10)),
                new HogBenchmark(
                        Duration.ofSeconds(10),
                        1_000,
                        64,
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1)),
                new MemoryBenchmark(held),
                new IdleBenchmark(Duration.ofSeconds(20)));
    }
}
