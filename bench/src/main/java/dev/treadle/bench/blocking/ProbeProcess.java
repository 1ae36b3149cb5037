package dev.treadle.bench.blocking;

import dev.treadle.bench.process.ProcessFailedException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A JVM that probes one thing and may hang: then it is ended, by its id, after a bounded wait.
 *
 * @param lines what it said on standard output
 * @param hangs whether it said {@code BEGUN} and had to be ended
 */
record ProbeProcess(List<String> lines, boolean hangs) {
    private static final int SAID_LINES = 6;

    static ProbeProcess run(
            Jdk jdk, List<String> jvmOptions, List<String> program, Duration patience)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("treadle-bench");
        try {
            return run(command(jdk, jvmOptions, program, directory), directory, patience);
        } finally {
            delete(directory);
        }
    }

    private static List<String> command(
            Jdk jdk, List<String> jvmOptions, List<String> program, Path directory) {
        List<String> command = new ArrayList<>();
        command.add(jdk.java().toString());
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-Djava.io.tmpdir=" + directory,
                        "--enable-native-access=ALL-UNNAMED"));
        if (!jdk.hasFinalNativeCalls()) {
            command.add("--enable-preview");
        }
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(program);
        return command;
    }

    private static ProbeProcess run(List<String> command, Path directory, Duration patience)
            throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile())
                        .start();
        boolean ended;
        try {
            ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            process.destroyForcibly().waitFor();
        }
        List<String> lines = Files.readAllLines(output);
        if (lines.contains("ENDED") || (!ended && lines.contains("BEGUN"))) {
            return new ProbeProcess(lines, !ended);
        }
        List<String> said = Files.readAllLines(errors);
        throw new ProcessFailedException(
                String.join(" ", command.subList(command.size() - 4, command.size()))
                        + (ended ? " ended with " + process.exitValue() : " did not begin")
                        + "; it said: "
                        + String.join(
                                " | ",
                                said.subList(Math.max(0, said.size() - SAID_LINES), said.size())));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
