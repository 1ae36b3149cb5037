package dev.treadle.bench.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Clients of our own, for loads that wrk cannot make: bursts, an open loop, requests that are held.
 */
public final class ClientProcess extends ChildProcess {
    /** Without a sign of the server for that long, the rest of the requests has failed. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration LONGEST_LOAD = Duration.ofMinutes(30);

    /**
     * Starts the clients.
     *
     * @param command a {@code ClientMain} with its JVM
     * @param errors a file for its standard error
     */
    public ClientProcess(List<String> command, Path errors)
            throws IOException, InterruptedException {
        super("client", command, errors);
    }

    /**
     * Sends requests, the next of a connection when it has the answer to the last.
     *
     * @param connectFirst whether connecting comes before what is measured
     */
    public ClientResult closedLoop(
            int port, String path, int connections, int requests, boolean connectFirst)
            throws IOException, InterruptedException {
        return load(
                "closed port=%d path=%s connections=%d requests=%d connect-first=%s threads=2"
                        .formatted(port, path, connections, requests, connectFirst));
    }

    /** Sends requests at a fixed rate, and in parallel a hog at a fixed interval. */
    public ClientResult openLoop(int port, OpenLoad load, Duration duration, Duration hogEvery)
            throws IOException, InterruptedException {
        return load(
                "open port=%d path=%s rate=%d connections=%d millis=%d hog=%s hog-every=%d"
                        .formatted(
                                port,
                                load.path(),
                                load.rate(),
                                load.connections(),
                                duration.toMillis(),
                                load.hogPath(),
                                hogEvery.toMillis()));
    }

    /** Sends requests, one connection each, and leaves them with the server. */
    public ClientResult hold(int port, String path, int connections)
            throws IOException, InterruptedException {
        return load("hold port=%d path=%s connections=%d".formatted(port, path, connections));
    }

    /** Sends a crowd, and waits until each of its users is served, refused or gone. */
    public ClientResult crowd(int port, CrowdLoad load) throws IOException, InterruptedException {
        String order =
                "crowd port=%d path=%s phases=%s patience=%d reloads=%d"
                        .formatted(
                                port,
                                load.path(),
                                Phase.words(load.phases(), Phase::rate),
                                load.patience().toMillis(),
                                load.reloads());
        return ClientResult.parse(order(order, LONGEST_LOAD));
    }

    private ClientResult load(String order) throws IOException, InterruptedException {
        String answer = order(order + " patience=" + PATIENCE.toMillis(), LONGEST_LOAD);
        return ClientResult.parse(answer);
    }
}
