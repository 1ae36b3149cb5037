package dev.treadle.launcher.demo;

import dev.treadle.launcher.host.Library;
import dev.treadle.launcher.host.StartFailedException;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One server of the demo in a JVM of its own. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern START_LINE =
            Pattern.compile("Treadle .*, listening on http://[^ ]*:(\\d+)");
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path errors;
    private final Thread endWithUs;
    private final String startLine;
    private final int port;

    private ServerProcess(Process process, Path errors) throws IOException {
        this.process = process;
        this.errors = errors;
        // Ctrl-C reaches the servers as well, a SIGTERM to the demo alone would not
        this.endWithUs = new Thread(process.toHandle()::destroy, "treadle-demo-end");
        Runtime.getRuntime().addShutdownHook(endWithUs);
        try {
            this.startLine = readStartLine();
            this.port = portIn(startLine);
        } catch (IOException | StartFailedException failed) {
            close();
            throw failed;
        }
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @param errors a file for its standard error
     * @throws StartFailedException if it ends instead; the message has what it said
     */
    static ServerProcess start(Cell cell, DemoPlan plan, Path errors) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(DemoCommand.SERVER_JVM_OPTIONS);
        command.addAll(
                List.of(
                        "-jar",
                        Library.launcherJar().toString(),
                        "demo-server",
                        "--http",
                        "127.0.0.1:0",
                        "--container",
                        cell.container().word(),
                        "--sleep",
                        plan.sleep().toMillis() + "ms",
                        "--" + cell.model().word(),
                        String.valueOf(plan.concurrency())));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        // the experiment is the same on every machine: settings for the user's own servers do not
        // apply to these
        builder.environment().keySet().removeIf(name -> name.startsWith("TREADLE_"));
        return new ServerProcess(builder.start(), errors);
    }

    /** The JVM that is started ends or says its line: nothing to wait for longer. */
    private String readStartLine() throws IOException {
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        if (line != null) {
            return line;
        }
        throw new StartFailedException("the server ended before it answered: " + said(), null);
    }

    private int portIn(String line) throws IOException {
        Matcher matcher = START_LINE.matcher(line);
        if (!matcher.matches()) {
            throw new StartFailedException(
                    "the server said: " + line + " (expected: its address): " + said(), null);
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** Returns what the server printed on its standard error. */
    String said() throws IOException {
        return Files.readString(errors).strip();
    }

    String startLine() {
        return startLine;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /**
     * Stops it with SIGTERM.
     *
     * @return its exit code, or -1 if it did not end and was killed
     */
    int stop() throws InterruptedException {
        process.toHandle().destroy();
        boolean ended = process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return ended ? process.exitValue() : -1;
    }

    /** Kills the server if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            Runtime.getRuntime().removeShutdownHook(endWithUs);
        } catch (IllegalStateException shuttingDown) {
            // the hook runs already, which comes to the same
            process.destroyForcibly();
        }
    }
}
