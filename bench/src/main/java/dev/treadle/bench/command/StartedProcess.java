package dev.treadle.bench.command;

import dev.treadle.bench.process.ProcessFailedException;
import dev.treadle.bench.process.UsageWatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process that says in its output how far its start is. */
final class StartedProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration STOP_PATIENCE = Duration.ofMinutes(1);

    private final String name;
    private final Process process;
    private final Thread end = new Thread(this::destroy, "bench-end");
    private final Path output;

    /**
     * Starts it.
     *
     * @param name for messages
     * @param output a file for what it says
     */
    StartedProcess(String name, List<String> command, Path output) throws IOException {
        this.name = name;
        this.output = output;
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        // what is set is on the command line, and nothing besides
        builder.environment()
                .keySet()
                .removeIf(variable ->
                        variable.startsWith("TREADLE_")
                                || variable.startsWith("SPRING_")
                                || variable.endsWith("_OPTIONS"));
        process = builder.start();
        // it does not end with this process by itself
        Runtime.getRuntime().addShutdownHook(end);
    }

    private void destroy() {
        process.destroy();
    }

    /**
     * Waits until the output has a part that matches.
     *
     * @throws ProcessFailedException if the process ends instead, or says nothing in time
     */
    Matcher await(Pattern pattern) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            boolean ended = !process.isAlive(); // first: what it said last is there then
            String said = said();
            Matcher found = pattern.matcher(said);
            if (found.find()) {
                return found;
            }
            if (ended || System.nanoTime() > deadline) {
                throw new ProcessFailedException(
                        name
                                + (ended ? " ended" : " did not start")
                                + "; it said: "
                                + said.substring(Math.max(0, said.length() - 2_000)));
            }
            Thread.sleep(5); // nothing tells when another process has written to a file
        }
    }

    String said() throws IOException {
        return Files.readString(output);
    }

    long pid() {
        return process.pid();
    }

    /** Returns the processor time of all cores that it has taken. */
    double cpuSeconds() throws IOException {
        return UsageWatch.cpu(process.pid()).seconds();
    }

    /** Returns the memory resident now, in megabytes. */
    double rssMegabytes() throws IOException {
        return UsageWatch.rssMegabytes(process.pid());
    }

    /** Ends it by SIGTERM, or by SIGKILL if that is not enough. */
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
