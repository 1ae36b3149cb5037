package dev.treadle.bench.client;

import dev.treadle.launcher.load.ClosedLoop;
import dev.treadle.launcher.load.LoadResult;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Clients of our own, for loads that wrk cannot make: bursts, and an open loop. They run in this
 * process, which no server is in, and stay warm from one server to the next.
 */
public final class Clients {
    /** Without a sign of the server for that long, the rest of the requests has failed. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** One is slower than a server: 6000 clients took 8.1 s with it and 6.2 s with two. */
    private static final int THREADS = 2;

    private Clients() {}

    /** Returns clients that each send the next request when they have the answer to the last. */
    public static ClosedLoop closedLoop(int port, String path) {
        return new ClosedLoop(Requests.server(port), path, PATIENCE)
                .from(Requests::source)
                .on(THREADS);
    }

    /** Sends short bursts of requests, for what that compiles in a server and here. */
    public static void warmUp(int port, String path, int connections, int requests, int times)
            throws InterruptedException {
        for (int i = 0; i < times; i++) {
            LoadResult unused = closedLoop(port, path).run(connections, requests);
        }
    }

    /** Sends all crowds at once, and waits until each user is served, refused or gone. */
    public static List<CrowdResult> crowds(List<CrowdLoad> loads) {
        List<CompletableFuture<CrowdResult>> running =
                loads.stream()
                        .map(load ->
                                CompletableFuture.supplyAsync(
                                        () -> crowd(load), task -> new Thread(task).start()))
                        .toList();
        return running.stream().map(CompletableFuture::join).toList();
    }

    private static CrowdResult crowd(CrowdLoad load) {
        try {
            return new Crowd(load, System::nanoTime).run();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException never) {
            throw new IllegalStateException(never);
        }
    }
}
