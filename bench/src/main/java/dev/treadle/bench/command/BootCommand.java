package dev.treadle.bench.command;

import dev.treadle.bench.boot.BootApp;
import dev.treadle.bench.boot.BootBenchmark;
import dev.treadle.bench.report.Results;
import dev.treadle.bench.report.Table;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** {@code bench/run boot}. */
@Command(
        name = "boot",
        sortOptions = false,
        header = "Spring Boot with the starter: how it starts, and a thousand requests at once.")
final class BootCommand implements Callable<Integer> {
    @Option(
            names = "--apps",
            paramLabel = "NAME,...",
            defaultValue = "3-tomcat,3-jetty,3-undertow,4-tomcat,4-jetty",
            description = "Line of Boot and container. Default: ${DEFAULT-VALUE}.")
    private String apps = String.join(",", BootApp.NAMES);

    @Option(
            names = "--starts",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "How often each is started with the starter, and without. 0: not. Default: ${DEFAULT-VALUE}.")
    private String starts = "10";

    @Option(
            names = "--bursts",
            paramLabel = "N",
            defaultValue = "5",
            description =
                    "How many bursts of requests each gets. 0: none. Default: ${DEFAULT-VALUE}.")
    private String bursts = "5";

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "1000",
            description = "In each burst, all at once. Default: ${DEFAULT-VALUE}.")
    private String requests = "1000";

    @Option(
            names = "--wait",
            paramLabel = "D",
            defaultValue = "1s",
            description = "How long the third party takes. Default: ${DEFAULT-VALUE}.")
    private String wait = "1s";

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the JSON goes. Default: bench/results.")
    private @Nullable String out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> names = Texts.words("--apps", apps, BootApp.NAMES);
        int startsOfEach = Texts.count("--starts", starts, 0, 1_000);
        int burstsOfEach = Texts.count("--bursts", bursts, 0, 1_000);
        int requestsAtOnce = Texts.count("--requests", requests, 1, 10_000);
        Duration latency =
                Texts.duration("--wait", wait, Duration.ofMillis(1), Duration.ofMinutes(1));
        Path directory = ResultFiles.directory(out);
        Path modules = Path.of(System.getProperty("treadle.bench.apps", "it-tests"));
        List<BootApp> found = new ArrayList<>();
        for (String name : names) {
            found.add(BootApp.find(name, modules));
        }
        BootBenchmark benchmark =
                new BootBenchmark(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        found,
                        startsOfEach,
                        burstsOfEach,
                        requestsAtOnce,
                        (int) latency.toMillis(),
                        System.err);
        Results results = benchmark.run();
        Table.print(results, Set.of("starter"), List.of("no-starter"), System.out);
        ResultFiles.write(results, List.of(), directory);
        return results.problems().isEmpty() ? 0 : 1;
    }
}
