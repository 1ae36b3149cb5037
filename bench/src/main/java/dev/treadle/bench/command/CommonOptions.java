package dev.treadle.bench.command;

import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The user's choices that are the same for every benchmark. */
@SuppressWarnings("NullAway.Init") // picocli sets what has a default
final class CommonOptions {
    private static final List<String> CONTAINERS = List.of("tomcat", "jetty", "undertow");

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each contender is measured. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "1000")
    int rounds;

    @Option(
            names = "--containers",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "tomcat,jetty,undertow",
            description = "Default: ${DEFAULT-VALUE}.")
    private List<String> containers;

    @Option(
            names = "--contenders",
            paramLabel = "NAME[:SETTING=VALUE...],...",
            split = ",",
            hideParamSyntax = true,
            description = {
                "gevent, threads, virtual: Treadle. gevent-noretake: with retake=off.",
                "pool: the container's own pool of 200. own-virtual: its own virtual threads.",
                "own-virtual-default: the same with Undertow's default buffers.",
                "own-virtual-pool: Jetty's VirtualThreadPool. helidon: Helidon SE.",
                "boot-gevent, boot-virtual, boot-pool: Spring Boot 4 on Tomcat.",
                "micronaut, micronaut-loops: without and with its loom carrier. vertx: Vert.x 5.",
                "With settings of its own: gevent:hubs=1:n=500. Default: those that say most."
            })
    private List<String> contenders = List.of();

    @Option(
            names = "--peers",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "pool,own-virtual",
            description = "Contenders that Treadle's are compared with. Default: ${DEFAULT-VALUE}.")
    private List<String> peers;

    @Option(
            names = "--jdk",
            paramLabel = "DIR",
            description = "The JDK that runs the servers. Default: the one that runs this.")
    private @Nullable Path jdk;

    @Option(
            names = "--java-option",
            paramLabel = "OPTION",
            description =
                    "For the JVM of all servers, behind the benchmark's own; may be repeated.")
    List<String> javaOptions = List.of();

    @Option(
            names = "--hubs",
            paramLabel = "N",
            description = "For gevent. Default: as many as there are cores.")
    @Range(min = "1", max = "1024")
    @Nullable Integer hubs;

    @Option(
            names = "--set",
            paramLabel = "SETTING=VALUE",
            description =
                    "A setting of Treadle for all its contenders, such as retake=off; may be repeated.")
    Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--cores",
            paramLabel = "LIST",
            defaultValue = "",
            description = "The processors that servers may use, such as 0 or 0-1. Default: all.")
    private String cores;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the JSON and the SVG go. Default: bench/results.")
    private @Nullable Path out;

    List<String> containers() {
        return Texts.requireWords("--containers", containers, CONTAINERS);
    }

    /** Returns what the user wrote; empty: the benchmark's own. */
    List<String> contenders() {
        return Texts.requireWords("--contenders", contenders);
    }

    List<String> peers() {
        return Texts.requireWords("--peers", peers);
    }

    /** Returns the program that runs the servers. */
    Path java() {
        Path home = jdk == null ? Path.of(System.getProperty("java.home")) : jdk;
        Path java = home.resolve("bin").resolve("java").toAbsolutePath();
        if (!Files.isExecutable(java)) {
            throw new InvalidSettingException(
                    "--jdk", home.toString(), "a directory with bin/java in it");
        }
        return java;
    }

    /** Returns the processors that servers may use, as taskset takes them; empty: all. */
    String cores() {
        if (!cores.matches("|\\d+([-,]\\d+)*")) {
            throw new InvalidSettingException("--cores", cores, "a list such as 0 or 0-1 or 0,2");
        }
        return cores;
    }

    ResultFiles files() {
        return new ResultFiles(out);
    }
}
