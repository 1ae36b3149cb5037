package dev.treadle.bench.suite;

import dev.treadle.bench.client.ClientMain;
import dev.treadle.bench.process.ClientProcess;
import dev.treadle.bench.process.SlowPartyProcess;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Starts what puts load on a server, and what a server asks; and keeps what all of them say. */
public final class LoadProcesses implements AutoCloseable {
    private static final List<String> CLIENT_OPTIONS = List.of("-Xmx1g", "-XX:+UseSerialGC");

    private final Path home = home();
    private final Path logs;
    private int started;

    /** Makes a directory for what the processes say. */
    public LoadProcesses() throws IOException {
        logs = Files.createTempDirectory("treadle-bench");
    }

    /** The directory of the jar this class is in: the other jars are in the same directory. */
    private static Path home() {
        try {
            Path jar =
                    Path.of(
                            LoadProcesses.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            if (Files.isRegularFile(jar)) {
                return jar.resolveSibling("");
            }
            throw new IllegalStateException(
                    jar + ": not a jar (expected: treadle-bench.jar); start it with bench/run");
        } catch (URISyntaxException noPath) {
            throw new IllegalStateException(noPath);
        }
    }

    /** Starts clients. */
    public ClientProcess client() throws IOException, InterruptedException {
        return new ClientProcess(clientCommand(), log());
    }

    /** Starts a third party. */
    public SlowPartyProcess slowParty() throws IOException, InterruptedException {
        List<String> command = clientCommand();
        command.add("slow-party");
        return new SlowPartyProcess(command, log());
    }

    private List<String> clientCommand() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(CLIENT_OPTIONS);
        command.addAll(List.of("-cp", classPath(), ClientMain.class.getName()));
        return command;
    }

    String classPath() {
        return home.resolve("treadle-bench.jar") + File.pathSeparator + all("lib");
    }

    String all(String directory) {
        return home.resolve(directory) + File.separator + "*";
    }

    /** Returns a file for what one process says. */
    public Path log() {
        started++;
        return logs.resolve(started + ".log");
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(logs)) {
            files.sorted(Comparator.reverseOrder()).forEach(LoadProcesses::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
