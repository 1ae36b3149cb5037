package dev.treadle.bench.process;

import dev.treadle.bench.client.ClosedLoad;

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

    /** Has it collect its garbage, and returns what is left on its heap, in megabytes. */
    public double collectGarbage() throws IOException, InterruptedException {
        return Long.parseLong(order("gc", PATIENCE)) / (1_024.0 * 1_024.0);
    }

    /** Returns how many requests sleep in it now. */
    public int sleeping() throws IOException, InterruptedException {
        return Integer.parseInt(order("sleeping", PATIENCE));
    }

    /** Returns a load of this server. */
    public ClosedLoad load(String path, int connections, int requests) {
        return new ClosedLoad(port(), path, connections, requests, false);
    }

    /** Returns the address of {@code path} on it. */
    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }
}
