package dev.treadle.bench.command;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Somebody who asks a stats address for all that it has, once a second, until closed. */
final class StatsLooks implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final double NANOS_PER_MILLI = 1e6;

    /** The list, the groups, what the page asks for, what {@code treadle top} asks for. */
    private static final List<List<String>> LOOKS =
            List.of(
                    List.of("/-/requests"),
                    List.of("/-/requests?group=stack"),
                    List.of(
                            "/",
                            "/-/history",
                            "/-/requests?group=stack&format=json",
                            "/-/reports?format=json"),
                    List.of("/", "/-/requests?group=stack&format=json"));

    private final HttpClient client = HttpClient.newHttpClient();
    private final String url;
    private final Thread thread;
    private volatile boolean over;
    private volatile double firstMillis;
    private volatile double longestMillis;
    private volatile String problem = "";

    StatsLooks(int port) {
        url = "http://127.0.0.1:" + port;
        thread = Thread.ofPlatform().name("looks").start(this::look);
    }

    /**
     * Returns the time of the first look; 0 if it is not over.
     *
     * @throws IOException if one failed
     */
    double firstMillis() throws IOException {
        requireNoProblem();
        return firstMillis;
    }

    /**
     * Returns the longest time of one of the four looks until now.
     *
     * @throws IOException if one failed
     */
    double longestMillis() throws IOException {
        requireNoProblem();
        return longestMillis;
    }

    private void requireNoProblem() throws IOException {
        if (!problem.isEmpty()) {
            throw new IOException(problem);
        }
    }

    private void look() {
        try {
            ask("/-/ready"); // the first use of this client takes longer than a look
            long next = System.nanoTime();
            while (!over) {
                for (List<String> each : LOOKS) {
                    long began = System.nanoTime();
                    for (String path : each) {
                        ask(path);
                    }
                    double millis = (System.nanoTime() - began) / NANOS_PER_MILLI;
                    if (longestMillis == 0) {
                        firstMillis = millis;
                    }
                    longestMillis = Math.max(longestMillis, millis);
                }
                next = Math.max(next + PERIOD_NANOS, System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
            }
        } catch (IOException broken) {
            problem = "a look failed: " + broken;
        } catch (InterruptedException ended) {
            // closed
        }
    }

    private void ask(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE).build();
        int status = client.send(request, BodyHandlers.ofByteArray()).statusCode();
        if (status != 200) {
            throw new IOException(path + ": status " + status + " (expected: 200)");
        }
    }

    @Override
    public void close() {
        over = true;
        thread.interrupt();
        client.close(); // when its last answer has come
    }
}
