package dev.treadle.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A {@code BenchServer} in a JVM of its own: it says {@code READY port pid} when it is, takes an
 * order a line, answers each with {@code DONE} and a number, and ends when its standard input does.
 * Used by one thread.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final int SAID_LINES = 6;
    private static final long LOOK_AGAIN_MILLIS = 100;

    private final String name;
    private final Process process;
    private final Path errors;
    private final BufferedReader output;
    private final int port;
    private final long pid;

    /**
     * Starts {@code command} and waits until it is ready.
     *
     * @param name in messages
     * @param errors a file for its standard error
     * @throws ProcessFailedException if it does not get ready
     */
    public ServerProcess(String name, List<String> command, Path errors)
            throws IOException, InterruptedException {
        this.name = name;
        this.errors = errors;
        this.process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        this.output = process.inputReader();
        boolean ready = false;
        try {
            String[] words = line().split(" ");
            if (words.length != 3 || !words[0].equals("READY")) {
                throw failure("said: " + String.join(" ", words) + " (expected: READY)");
            }
            port = Integer.parseInt(words[1]);
            pid = Long.parseLong(words[2]);
            ready = true;
        } finally {
            if (!ready) {
                process.destroyForcibly();
            }
        }
    }

    /** Returns the port it listens on; 0 if on none. */
    public int port() {
        return port;
    }

    /** Returns the id of the process. */
    public long pid() {
        return pid;
    }

    /** Returns the address of {@code path} on it. */
    public String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** Has it collect its garbage, and returns what is left on its heap, in megabytes. */
    public double collectGarbage() throws IOException, InterruptedException {
        return order("gc") / (1_024.0 * 1_024.0);
    }

    /** Returns how many requests sleep in it now. */
    public int sleeping() throws IOException, InterruptedException {
        return (int) order("sleeping");
    }

    /**
     * Waits until so many requests sleep in it, or the time is over, and returns how many do.
     *
     * @param patience how long to wait at most
     */
    public int awaitSleeping(int wanted, Duration patience)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        int found = sleeping();
        while (found < wanted && System.nanoTime() - end < 0) {
            Thread.sleep(LOOK_AGAIN_MILLIS);
            found = sleeping();
        }
        return found;
    }

    /** Has it start a stats server, and returns the port of that. */
    public int startStats() throws IOException, InterruptedException {
        return (int) order("stats");
    }

    private long order(String order) throws IOException, InterruptedException {
        process.outputWriter().write(order + "\n");
        process.outputWriter().flush();
        String answer = line();
        if (!answer.startsWith("DONE ")) {
            throw failure("said: " + answer + " (expected: DONE, for the order " + order + ")");
        }
        return Long.parseLong(answer.substring("DONE ".length()));
    }

    /** Reads a line; the process is killed if it says none for so long. */
    private String line() throws IOException, InterruptedException {
        CompletableFuture<Void> alarm =
                CompletableFuture.runAsync(
                        process::destroyForcibly,
                        CompletableFuture.delayedExecutor(
                                PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        String line = output.readLine();
        if (alarm.isDone()) {
            throw failure("said nothing for " + PATIENCE.toSeconds() + " s");
        }
        alarm.cancel(false);
        if (line == null) {
            process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
            throw failure(
                    process.isAlive() ? "closed its output" : "ended with " + process.exitValue());
        }
        return line;
    }

    private ProcessFailedException failure(String what) throws IOException {
        List<String> said = Files.readAllLines(errors);
        List<String> last = said.subList(Math.max(0, said.size() - SAID_LINES), said.size());
        return new ProcessFailedException(
                name
                        + " "
                        + what
                        + (last.isEmpty() ? "" : "; it said: " + String.join(" | ", last)));
    }

    /** Ends it, by the end of its standard input, and if that is not enough by force. */
    @Override
    public void close() throws IOException {
        try {
            process.outputWriter().close();
        } catch (IOException gone) {
            // it has ended already, which is what is wanted
            process.destroyForcibly();
        }
        process.onExit()
                .completeOnTimeout(process, STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        process.destroyForcibly();
    }

    /** Ends it at once, without a clean stop. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
