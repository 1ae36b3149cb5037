package dev.treadle.bench.command;

import dev.treadle.bench.report.Results;
import dev.treadle.bench.report.Table;
import dev.treadle.bench.suite.Benchmark;
import dev.treadle.bench.suite.Campaign;
import dev.treadle.bench.suite.Contender;
import dev.treadle.bench.suite.Pair;
import dev.treadle.bench.suite.Plan;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The options of every benchmark. */
final class CommonOptions {
    private static final List<String> CONTAINERS = List.of("tomcat", "jetty", "undertow");

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each contender is measured. Default: ${DEFAULT-VALUE}.")
    private String rounds = "5";

    @Option(
            names = "--containers",
            paramLabel = "NAME,...",
            defaultValue = "tomcat,jetty,undertow",
            description = "Default: ${DEFAULT-VALUE}.")
    private String containers = "tomcat,jetty,undertow";

    @Option(
            names = "--contenders",
            paramLabel = "NAME[:SETTING=VALUE...],...",
            description = {
                "gevent, threads, virtual: Treadle. gevent-noretake: with retake=off.",
                "pool: the container's own pool of 200. own-virtual: its own virtual threads.",
                "own-virtual-default: the same with Undertow's default buffers.",
                "own-virtual-pool: Jetty's VirtualThreadPool. helidon: Helidon SE.",
                "With settings of its own: gevent:hubs=1:n=500. Default: those that say most."
            })
    private @Nullable String contenders;

    @Option(
            names = "--peers",
            paramLabel = "NAME,...",
            defaultValue = "pool,own-virtual",
            description = "Contenders that Treadle's are compared with. Default: ${DEFAULT-VALUE}.")
    private String peers = "pool,own-virtual";

    @Option(
            names = "--jdk",
            paramLabel = "DIR",
            description = "The JDK that runs the servers. Default: the one that runs this.")
    private @Nullable String jdk;

    @Option(
            names = "--java-option",
            paramLabel = "OPTION",
            description =
                    "For the JVM of all servers, behind the benchmark's own; may be repeated.")
    private List<String> javaOptions = new ArrayList<>();

    @Option(
            names = "--hubs",
            paramLabel = "N",
            description = "For gevent. Default: as many as there are cores.")
    private @Nullable String hubs;

    @Option(
            names = "--set",
            paramLabel = "SETTING=VALUE",
            description =
                    "A setting of Treadle for all its contenders, such as retake=off; may be repeated.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--cores",
            paramLabel = "LIST",
            description = "The processors that servers may use, such as 0 or 0-1. Default: all.")
    private @Nullable String cores;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the JSON and the SVG go. Default: bench/results.")
    private @Nullable String out;

    /** Measures, prints and writes. Returns the exit code: 1 if something went wrong. */
    int run(Benchmark benchmark) throws IOException, InterruptedException {
        Plan plan = plan();
        Path directory = ResultFiles.directory(out);
        Campaign campaign = new Campaign(benchmark, plan, System.err);
        Results results = campaign.run();
        Table.print(results, treadles(results), plan.peers(), System.out);
        ResultFiles.write(
                results, benchmark.pictures(results, List.copyOf(treadles(results))), directory);
        return results.problems().isEmpty() ? 0 : 1;
    }

    /** Finds out whether what the user wrote can be measured, before anything is. */
    void check(Benchmark benchmark) {
        Campaign unused = new Campaign(benchmark, plan(), System.err);
    }

    private static Set<String> treadles(Results results) {
        Set<String> names = new LinkedHashSet<>();
        results.subjects()
                .forEach(subject -> {
                    if (Contender.parse("--contenders", subject.contender()).isTreadle()) {
                        names.add(subject.contender());
                    }
                });
        return names;
    }

    private Plan plan() {
        Map<String, String> workerSettings = new LinkedHashMap<>();
        for (String setting : settings) {
            Pair pair = Pair.parse("--set", setting);
            workerSettings.put(pair.name(), pair.value());
        }
        return new Plan(
                Texts.count("--rounds", rounds, 1, 1_000),
                Texts.words("--containers", containers, CONTAINERS),
                contenders == null ? List.of() : Texts.words("--contenders", contenders),
                Texts.words("--peers", peers),
                servers(),
                workerSettings,
                hubs == null ? 0 : Texts.count("--hubs", hubs, 1, 1_024));
    }

    private Plan.Servers servers() {
        Path home = Path.of(jdk == null ? System.getProperty("java.home") : jdk);
        Path java = home.resolve("bin").resolve("java").toAbsolutePath();
        if (!Files.isExecutable(java)) {
            throw new InvalidSettingException(
                    "--jdk", String.valueOf(jdk), "a directory with bin/java in it");
        }
        String list = cores == null ? "" : cores;
        if (!list.matches("|\\d+([-,]\\d+)*")) {
            throw new InvalidSettingException("--cores", list, "a list such as 0 or 0-1 or 0,2");
        }
        return new Plan.Servers(java, javaOptions, list);
    }
}
