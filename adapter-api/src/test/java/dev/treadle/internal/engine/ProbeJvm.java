package dev.treadle.internal.engine;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * Runs probes in JVMs that may hang: then they are ended, by their id, after a bounded wait.
 *
 * @param java the program
 * @param version such as 21.0.12
 * @param patience the time after which a probe counts as hung
 */
record ProbeJvm(Path java, String version, Duration patience) {
    private static final int SAID_LINES = 6;

    /**
     * Returns the JDK in a directory.
     *
     * @throws IllegalArgumentException if there is none
     */
    static ProbeJvm in(String directory, Duration patience) {
        Path home = Path.of(directory).toAbsolutePath();
        Path java = home.resolve("bin").resolve("java");
        Properties release = new Properties();
        try (Reader reader = Files.newBufferedReader(home.resolve("release"))) {
            release.load(reader);
        } catch (IOException none) {
            throw noJdk(directory);
        }
        String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
        if (!Files.isExecutable(java) || !version.matches("\\d+.*")) {
            throw noJdk(directory);
        }
        return new ProbeJvm(java, version, patience);
    }

    private static IllegalArgumentException noJdk(String directory) {
        return new IllegalArgumentException(
                "--jdk: "
                        + directory
                        + " (expected: a directory with bin/java and the file release in it)");
    }

    String title() {
        return "JDK " + version.split("\\D", 2)[0];
    }

    /** Returns what a probe said on standard output, until it ended or had to be ended. */
    List<String> run(Class<?> probe, List<String> jvmOptions, Object... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), probe.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Path output = Files.createTempFile("treadle-probe", ".out");
        Path errors = Files.createTempFile("treadle-probe", ".err");
        try {
            return run(command, output, errors);
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }

    private List<String> run(List<String> command, Path output, Path errors)
            throws IOException, InterruptedException {
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
            return lines;
        }
        List<String> said = Files.readAllLines(errors);
        throw new IOException(
                String.join(" ", command)
                        + (ended ? " ended with " + process.exitValue() : " did not begin")
                        + "; it said: "
                        + String.join(
                                " | ",
                                said.subList(Math.max(0, said.size() - SAID_LINES), said.size())));
    }

    /** Ends the JVM of a probe that has said everything. */
    static void end() {
        System.out.println("ENDED");
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
