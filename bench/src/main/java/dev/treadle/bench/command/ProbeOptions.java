package dev.treadle.bench.command;

import dev.treadle.bench.blocking.Jdk;

import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The options of the commands that probe hubs in JVMs that may hang. */
final class ProbeOptions {
    @Option(
            names = "--jdk",
            paramLabel = "DIR",
            description = "A JDK to probe on; may be repeated. Default: the one that runs this.")
    private List<String> jdks = new ArrayList<>();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Of each cell. Default: ${DEFAULT-VALUE}.")
    private String rounds = "5";

    @Option(
            names = "--patience",
            paramLabel = "D",
            defaultValue = "20s",
            description = "A JVM that takes longer hangs, and is ended. Default: ${DEFAULT-VALUE}.")
    private String patience = "20s";

    List<Jdk> jdks() {
        List<String> homes = jdks.isEmpty() ? List.of(System.getProperty("java.home")) : jdks;
        return homes.stream().map(Jdk::in).toList();
    }

    int rounds() {
        return Texts.count("--rounds", rounds, 1, 1_000);
    }

    Duration patience() {
        return Texts.duration(
                "--patience", patience, Duration.ofSeconds(1), Duration.ofMinutes(10));
    }
}
