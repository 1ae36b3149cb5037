package dev.treadle.bench.command;

import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.server.BenchServer;
import dev.treadle.bench.server.HostSetup;
import dev.treadle.bench.server.Runner;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts the servers of one benchmark, all in the same way. */
final class Workshop {
    private static final String CLASS_PATH = System.getProperty("java.class.path");
    private static final String PEERS = "treadle.bench.peers";
    private static final Path JAR = Path.of(CLASS_PATH.split(File.pathSeparator, 2)[0]);

    private final Benchmark benchmark;

    Workshop(Benchmark benchmark) {
        this.benchmark = benchmark;
    }

    /** Returns the options of all servers' JVMs. */
    static List<String> serverOptions(Benchmark benchmark) {
        List<String> options = new ArrayList<>();
        options.add("-Xmx" + benchmark.description().heap());
        options.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
        options.addAll(benchmark.common().javaOptions);
        return options;
    }

    /** Returns the N that a contender runs with. */
    static int n(Contender contender, Benchmark benchmark) {
        String written = contender.writtenN();
        if (written == null) {
            return benchmark.n(contender);
        }
        if (!written.matches("[1-9][0-9]{0,6}")) {
            throw new InvalidSettingException(
                    contender.name() + ": n", written, "a whole number from 1 to 9,999,999");
        }
        return Integer.parseInt(written);
    }

    /** Returns Treadle's settings for a contender, weakest first: benchmark, user, contender. */
    static Map<String, String> workerSettings(Contender contender, Benchmark benchmark) {
        if (!contender.isTreadle()) {
            return Map.of();
        }
        CommonOptions options = benchmark.common();
        Map<String, String> settings = new LinkedHashMap<>(benchmark.workerSettings(contender));
        settings.put(Setting.LISTEN.word(), String.valueOf(HostSetup.BACKLOG));
        settings.putAll(options.settings);
        if (contender.runner() == Runner.GEVENT && options.hubs != null) {
            settings.put(Setting.HUBS.word(), options.hubs.toString());
        }
        settings.putAll(contender.workerSettings());
        return settings;
    }

    /**
     * Finds out before anything is started whether Treadle takes the settings.
     *
     * @throws InvalidSettingException if it does not
     */
    static void requireValid(Contender contender, Benchmark benchmark) {
        int n = n(contender, benchmark);
        if (contender.isTreadle()) {
            Map<String, String> flags = new LinkedHashMap<>(workerSettings(contender, benchmark));
            flags.remove(HostSetup.GATE);
            flags.put(contender.runner().word(), String.valueOf(n));
            try {
                WorkerSettings unused =
                        WorkerSettings.resolve(List.of(SettingsSource.flags(flags)));
            } catch (InvalidSettingException bad) {
                // they are flags of the treadle command, but not of this one
                throw new InvalidSettingException(
                        contender.name() + ": " + bad.setting().replaceFirst("^--", ""),
                        bad.value(),
                        bad.expected().replace("--", ""));
            }
        }
    }

    /** Starts a fresh server. */
    ServerProcess server(Entry entry) throws IOException, InterruptedException {
        return server(entry, null, List.of());
    }

    /**
     * Starts a fresh server.
     *
     * @param build the benchmarks' jar of another build; null means this one
     * @param moreOptions for its JVM, behind all others
     */
    ServerProcess server(Entry entry, @Nullable Path build, List<String> moreOptions)
            throws IOException, InterruptedException {
        CommonOptions options = benchmark.common();
        List<String> command = new ArrayList<>();
        if (!options.cores().isEmpty()) {
            command.addAll(List.of("taskset", "-c", options.cores()));
        }
        command.add(options.java().toString());
        command.addAll(serverOptions(benchmark));
        command.addAll(moreOptions);
        command.addAll(
                List.of(
                        "-cp",
                        classPath(build == null ? JAR : build, entry.container()),
                        BenchServer.class.getName(),
                        entry.container(),
                        entry.contender().runner().name(),
                        String.valueOf(n(entry.contender(), benchmark))));
        workerSettings(entry.contender(), benchmark)
                .forEach((name, value) -> command.add(name + "=" + value));
        return new ServerProcess(entry.toString(), command, log());
    }

    /**
     * Returns the jar, its libraries and a server's. Those of a container are in a directory beside
     * it, those of a peer in the module of the peer. They come first: what a peer needs of a
     * library wins over what the benchmarks need.
     */
    private static String classPath(Path jar, String server) {
        Path libraries = jar.resolveSibling("lib");
        Path own = libraries.resolve(server);
        if (!jar.equals(JAR) && !Files.isDirectory(own)) {
            throw new InvalidSettingException(
                    "--contenders", server, "a container: another build brings no other peers");
        }
        return String.join(
                File.pathSeparator,
                (Files.isDirectory(own) ? own : peer(server)).resolve("*").toString(),
                jar.toString(),
                libraries.resolve("*").toString());
    }

    /** Returns the directory of {@code bench/peers} with the jars of that peer. */
    private static Path peer(String name) {
        Path jars = Path.of(System.getProperty(PEERS, "bench/peers"), name, "target", "peer");
        if (!Files.isDirectory(jars)) {
            throw new InvalidSettingException(
                    "--contenders",
                    name,
                    "a peer that is built, by bench/run peers --help: " + jars);
        }
        return jars;
    }

    /** Returns a file for what one process says, which is deleted at the end. */
    static Path log() throws IOException {
        Path log = Files.createTempFile("treadle-bench", ".log");
        log.toFile().deleteOnExit();
        return log;
    }
}
