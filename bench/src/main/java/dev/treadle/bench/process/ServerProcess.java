package dev.treadle.bench.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A server that is measured. */
public final class ServerProcess extends ChildProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * Starts a server and waits until it listens.
     *
     * @param name in messages
     * @param command a {@code BenchServer} with its JVM
     * @param errors a file for its standard error
     */
    public ServerProcess(String name, List<String> command, Path errors)
            throws IOException, InterruptedException {
        super(name, command, errors);
    }

    /** Has it collect its garbage. */
    public void collectGarbage() throws IOException, InterruptedException {
        order("gc", PATIENCE);
    }

    /** Returns how many requests sleep in it now. */
    public int sleeping() throws IOException, InterruptedException {
        return Integer.parseInt(order("sleeping", PATIENCE));
    }

    /** Returns the address of {@code path} on it. */
    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }
}
