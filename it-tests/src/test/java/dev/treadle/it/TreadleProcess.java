package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process of the launcher, of the script before it, or of an application; killed at the latest
 * when it is closed.
 */
final class TreadleProcess implements AutoCloseable {
    private static final Pattern STATS = Pattern.compile("(?m)^stats on (http://\\S+)$");
    private static final Pattern ADDRESS = Pattern.compile("listening on (http://[^\\s\"]+)");
    private static final Pattern HTTPS = Pattern.compile("(?m)listening on .*(https://\\S+)$");

    private final Process process;
    private final Output out;
    private final Output err;

    private TreadleProcess(Process process) {
        this.process = process;
        this.out = new Output(process.inputReader());
        this.err = new Output(process.errorReader());
    }

    /** Starts {@code java -jar treadle.jar ARGUMENTS}, with an archive of its classes. */
    static TreadleProcess launcher(String... arguments) throws IOException {
        return launcherWith(LauncherArchive.options(arguments), arguments);
    }

    /** Starts it with these options and no archive. */
    static TreadleProcess launcherWith(List<String> jvmOptions, String... arguments)
            throws IOException {
        return jar(Places.launcherJar(), jvmOptions, List.of(arguments), Map.of());
    }

    /** Starts {@code java -jar JAR ARGUMENTS}. */
    static TreadleProcess jar(
            Path jar,
            List<String> jvmOptions,
            List<String> arguments,
            Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>();
        // a build started with nohup has SIGHUP ignored, which a JVM inherits
        command.addAll(List.of("env", "--default-signal=HUP"));
        command.add(Places.java().toString());
        // quick to start, and small: several run at a time
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(arguments);
        return start(new ProcessBuilder(command), environment);
    }

    /** Starts {@code java -jar treadle.jar ARGUMENTS} on a terminal of 100 columns and 30 rows. */
    static TreadleProcess onTerminal(String... arguments) throws IOException {
        String command =
                "stty cols 100 rows 30; exec "
                        + Places.java()
                        + " -XX:TieredStopAtLevel=1 -jar "
                        + Places.launcherJar()
                        + " "
                        + String.join(" ", arguments);
        return start(
                new ProcessBuilder("script", "-qfec", command, "/dev/null"),
                Map.of("TERM", "xterm"));
    }

    /** Presses keys, on a terminal. */
    void type(String keys) throws IOException {
        process.outputWriter().write(keys);
        process.outputWriter().flush();
    }

    static TreadleProcess start(ProcessBuilder builder, Map<String, String> environment)
            throws IOException {
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("TREADLE_") || name.endsWith("_OPTIONS"));
        builder.environment().putAll(environment);
        return new TreadleProcess(builder.start());
    }

    /** Waits for the launcher's line on standard output; an application may print there as well. */
    String startLine() throws Exception {
        String line = out.startLine.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(line).as("the start line; standard error: %s", err).isNotEmpty();
        return line;
    }

    /** Waits until the server says where it listens. */
    URI address() {
        return address(ADDRESS);
    }

    /** Waits until the server says where it listens with TLS. */
    URI httpsAddress() {
        return address(HTTPS);
    }

    private URI address(Pattern pattern) {
        // not in the first line always: an application may write to standard output before it
        return URI.create(awaitOut(pattern).group(1));
    }

    /** Waits until the server says where it tells its stats. */
    URI statsAddress() {
        return URI.create(awaitOut(STATS).group(1));
    }

    /** Waits until the process has printed something, or has ended its output without it. */
    Matcher awaitOut(Pattern pattern) {
        // tests ask for an address before each of their requests: it is there already
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(out.ended.isDone() || pattern.matcher(out()).find())
                                .as(() -> missing(pattern))
                                .isTrue());
        Matcher matcher = pattern.matcher(out());
        assertThat(matcher.find()).as(() -> missing(pattern)).isTrue();
        return matcher;
    }

    private String missing(Pattern pattern) {
        return "%s in%n%s%n%s".formatted(pattern, out, err);
    }

    long pid() {
        return process.pid();
    }

    /** Sends SIGHUP. */
    void hangUp() throws Exception {
        Process kill =
                new ProcessBuilder("kill", "-HUP", String.valueOf(process.pid()))
                        .redirectErrorStream(true)
                        .start();
        assertThat(kill.waitFor()).isZero();
    }

    /**
     * Sends SIGTERM. Not by the process itself, which would close its streams, and the server has
     * things to say yet.
     */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Waits for the end. */
    int exitCode() throws Exception {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("the process has ended; standard error: %s", err)
                .isTrue();
        out.ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        err.ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return process.exitValue();
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    /**
     * Returns the lines on standard error, but one that Tomcat writes where its random numbers take
     * more than 100 ms: on a busy machine.
     */
    List<String> warnings() {
        return err().lines()
                .filter(line -> !line.contains("Creation of SecureRandom instance"))
                .toList();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Collects one stream of the process. */
    private static final class Output {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final CompletableFuture<String> startLine = new CompletableFuture<>();
        private final CompletableFuture<String> ended = new CompletableFuture<>();

        Output(BufferedReader reader) {
            Thread.ofVirtual().start(() -> read(reader));
        }

        private void read(BufferedReader reader) {
            try (reader) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.add(line);
                    if (line.startsWith("Treadle ") || line.contains("\"message\":\"Treadle ")) {
                        startLine.complete(line);
                    }
                }
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            } finally {
                startLine.complete("");
                ended.complete("");
            }
        }

        @Override
        public String toString() {
            return String.join("\n", lines);
        }
    }
}
