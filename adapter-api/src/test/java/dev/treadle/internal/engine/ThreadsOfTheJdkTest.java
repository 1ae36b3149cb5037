package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;

import dev.treadle.internal.hub.Watching;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Threads that the JDK starts in the name of a greenlet outlive it, and its hub. Since JDK 26 the
 * selector of an HTTP client is one of them.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ThreadsOfTheJdkTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final GeventEngine engine =
            new GeventEngine(2, new Watching(Duration.ofMillis(5), null));
    private final ExecutorService handlers = Executors.newCachedThreadPool();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.setExecutor(handlers);
        server.start();
    }

    @AfterEach
    void end() throws InterruptedException {
        server.stop(0);
        handlers.shutdown();
        assertThat(engine.close(LONG, LONG)).isEmpty();
    }

    private int call(HttpClient client) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        return client.send(
                        HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private HttpClient clientOfAGreenlet() {
        CompletableFuture<HttpClient> made = new CompletableFuture<>();
        engine.execute(() -> made.complete(usedClient()));
        return made.join();
    }

    @Test
    void anHttpClientOfAGreenletServesOtherThreads() throws Exception {
        try (HttpClient client = clientOfAGreenlet()) {
            assertThat(call(client)).isEqualTo(204);
        }
    }

    @Test
    void anHttpClientOfAGreenletOutlivesItsHub() throws Exception {
        try (HttpClient client = clientOfAGreenlet()) {
            assertThat(engine.close(LONG, LONG)).isEmpty();
            for (int i = 0; i < 100; i++) {
                assertThat(call(client)).isEqualTo(204);
            }
        }
    }

    /** With {@code retake} on; docs/hub.md says what happens with it off. */
    @Test
    void anHttpClientOfAHeldHubGoesOn() throws Exception {
        CompletableFuture<HttpClient> made = new CompletableFuture<>();
        CompletableFuture<Integer> status = new CompletableFuture<>();
        engine.execute(() -> {
            made.complete(usedClient());
            while (!status.isDone()) {
                Thread.onSpinWait();
            }
        });
        try (HttpClient client = made.join()) {
            status.complete(call(client));
            assertThat(status).isCompletedWithValue(204);
        } finally {
            status.complete(0);
        }
    }

    private HttpClient usedClient() {
        HttpClient client = HttpClient.newHttpClient();
        try {
            call(client);
            return client;
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
