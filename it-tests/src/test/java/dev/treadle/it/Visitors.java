package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.awaitility.Awaitility.await;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that ask an application for its version all the time. No answer of a client may fail, or
 * be of a lower version than one before.
 */
final class Visitors implements AutoCloseable {

    private final List<Thread> threads = new ArrayList<>();
    private final List<Closeable> connections = new ArrayList<>();
    private final List<AtomicInteger> versions = new ArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger served = new AtomicInteger();
    private volatile boolean over;

    /** Asks for a version. */
    @FunctionalInterface
    private interface Question {
        String ask() throws IOException, InterruptedException;
    }

    /** Adds a client with a connection of HTTP/1.1 that it keeps. */
    void keepingItsConnection(URI root, String path) throws IOException {
        KeptConnection connection = new KeptConnection(root);
        connections.add(connection);
        add(path, () -> connection.get(path));
    }

    /** Adds a client that connects for each request. */
    void connecting(URI root, String path) {
        add(
                path,
                () -> {
                    try (KeptConnection connection = new KeptConnection(root)) {
                        return connection.get(path);
                    }
                });
    }

    /** Adds a client of HTTP/2 without TLS. */
    void overHttp2(URI root, String path) {
        HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_2)
                        .connectTimeout(PATIENCE)
                        .build();
        connections.add(client::shutdownNow);
        HttpRequest request = HttpRequest.newBuilder(root.resolve(path)).timeout(PATIENCE).build();
        add(
                path,
                () -> {
                    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
                    if (answer.statusCode() != 200
                            || answer.version() != HttpClient.Version.HTTP_2) {
                        throw new IOException(answer + " " + answer.version());
                    }
                    return answer.body();
                });
    }

    private void add(String path, Question question) {
        AtomicInteger version = new AtomicInteger();
        versions.add(version);
        threads.add(Thread.ofVirtual().start(() -> visit(path, question, version)));
    }

    private void visit(String path, Question question, AtomicInteger version) {
        try {
            while (!over) {
                String answer = question.ask();
                int now = Integer.parseInt(answer.substring(answer.indexOf(' ') + 1));
                if (now < version.get()) {
                    failures.add(path + ": " + now + " after " + version);
                }
                version.set(now);
                served.incrementAndGet();
            }
        } catch (IOException | InterruptedException | RuntimeException failed) {
            failures.add(path + ": " + failed + " with version " + version);
        }
    }

    /** Waits until each client has got an answer of at least this version, or one has failed. */
    void awaitVersion(int version) {
        await().atMost(PATIENCE)
                .until(() ->
                        !failures.isEmpty()
                                || versions.stream().allMatch(seen -> seen.get() >= version));
    }

    List<String> failures() {
        return failures;
    }

    int served() {
        return served.get();
    }

    @Override
    public void close() throws IOException {
        over = true;
        await().atMost(PATIENCE).until(() -> threads.stream().noneMatch(Thread::isAlive));
        for (Closeable connection : connections) {
            connection.close();
        }
    }
}
