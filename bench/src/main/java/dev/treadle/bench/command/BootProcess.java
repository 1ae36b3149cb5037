package dev.treadle.bench.command;

import dev.treadle.bench.process.ProcessFailedException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The application in a process of its own, from {@code java -jar} on. */
final class BootProcess implements AutoCloseable {
    private static final Pattern STARTED =
            Pattern.compile(
                    "Started BootApp in ([\\d.]+) seconds \\(process running for ([\\d.]+)");
    private static final Pattern PORT =
            Pattern.compile("(?:Tomcat|Jetty|Undertow) started on port (\\d+)");

    private final StartedProcess process;
    private final int port;
    private final double seconds;
    private final double cpuSeconds;

    /** Starts it with no option of the JVM. */
    BootProcess(Path java, BootApp app, List<String> arguments, Path output)
            throws IOException, InterruptedException {
        this(java, List.of(), app, arguments, output);
    }

    /**
     * Starts it and waits until it says so.
     *
     * @param options of the JVM
     * @param output a file for what it says
     * @throws ProcessFailedException if it ends instead, or does not start in time
     */
    BootProcess(Path java, List<String> options, BootApp app, List<String> arguments, Path output)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(options);
        command.addAll(List.of("-jar", app.jar().toString(), "--server.port=0"));
        command.addAll(arguments);
        process = new StartedProcess(app.name(), command, output);
        boolean started = false;
        try {
            Matcher said = process.await(STARTED);
            cpuSeconds = process.cpuSeconds();
            seconds = Double.parseDouble(said.group(2));
            port = Integer.parseInt(process.await(PORT).group(1));
            started = true;
        } finally {
            if (!started) {
                close();
            }
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
        process.close();
    }
}
