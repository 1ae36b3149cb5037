package dev.treadle.bench.command;

import dev.treadle.bench.process.ProcessFailedException;
import dev.treadle.bench.process.UsageWatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The application in a process of its own, from {@code java -jar} on. */
final class BootProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
    private static final Pattern STARTED =
            Pattern.compile(
                    "Started BootApp in ([\\d.]+) seconds \\(process running for ([\\d.]+)");
    private static final Pattern PORT =
            Pattern.compile("(?:Tomcat|Jetty|Undertow) started on port (\\d+)");

    private final Process process;
    private final Thread end = new Thread(this::destroy, "bench-end");
    private final Path output;
    private final int port;
    private final double seconds;
    private final double cpuSeconds;

    /**
     * Starts it and waits until it says so.
     *
     * @param output a file for what it says
     * @throws ProcessFailedException if it ends instead, or does not start in time
     */
    BootProcess(Path java, BootApp app, List<String> arguments, Path output)
            throws IOException, InterruptedException {
        this.output = output;
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(List.of("-jar", app.jar().toString(), "--server.port=0"));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        // what is set is on the command line, and nothing besides
        builder.environment()
                .keySet()
                .removeIf(name ->
                        name.startsWith("TREADLE_")
                                || name.startsWith("SPRING_")
                                || name.endsWith("_OPTIONS"));
        process = builder.start();
        // it does not end with this process by itself
        Runtime.getRuntime().addShutdownHook(end);
        boolean started = false;
        try {
            Matcher said = await(app, STARTED);
            cpuSeconds = UsageWatch.cpu(process.pid()).seconds();
            seconds = Double.parseDouble(said.group(2));
            port = Integer.parseInt(await(app, PORT).group(1));
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    private void destroy() {
        process.destroy();
    }

    private Matcher await(BootApp app, Pattern pattern) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            boolean ended = !process.isAlive(); // first: what it said last is there then
            String said = Files.readString(output);
            Matcher found = pattern.matcher(said);
            if (found.find()) {
                return found;
            }
            if (ended || System.nanoTime() > deadline) {
                throw new ProcessFailedException(
                        app.name()
                                + (ended ? " ended" : " did not start")
                                + "; it said: "
                                + said.substring(Math.max(0, said.length() - 2_000)));
            }
            Thread.sleep(5); // nothing tells when another process has written to a file
        }
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** Returns how long the process had run when the application was started, as Boot tells it. */
    double seconds() {
        return seconds;
    }

    /** Returns the processor time that the start took, of all cores. */
    double cpuSeconds() {
        return cpuSeconds;
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(end);
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        process.destroyForcibly().onExit().join();
    }
}
