package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A second process listens on the same port before the first drains. A connection that the kernel
 * has given to the first and that this has not accepted when it closes its socket is reset (unless
 * {@code net.ipv4.tcp_migrate_req} is 1), so these clients try a GET once more if its connection
 * broke before the first byte of an answer, as RFC 9110, 9.2.2 has it.
 */
class RollingRestartTest {
    private static final int CLIENTS = 8;

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger retried = new AtomicInteger();

    /** XNIO, and so Undertow, has no option for SO_REUSEPORT. */
    static Stream<String> containers() {
        return Stream.of("tomcat", "jetty");
    }

    private static TreadleProcess start(String container, int port) throws IOException {
        return TreadleProcess.launcher(
                "--http",
                "127.0.0.1:" + port,
                "--container",
                container,
                "--gevent",
                "50",
                "--reuse-port",
                "--drain-delay",
                "1s",
                "--war",
                Places.exampleWar().toString());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void noRequestFails(String container) throws Exception {
        try (TreadleProcess first = start(container, 0)) {
            URI address = first.address();
            List<FutureTask<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                boolean keepsItsConnection = i % 2 == 0;
                FutureTask<Void> client =
                        new FutureTask<>(() -> visit(address, keepsItsConnection), null);
                clients.add(client);
                Thread.ofVirtual().start(client);
            }
            await().atMost(PATIENCE).until(() -> served.get() > 200);
            try (TreadleProcess second = start(container, address.getPort())) {
                assertThat(second.address().getPort()).isEqualTo(address.getPort());
                int before = served.get();
                await().atMost(PATIENCE).until(() -> served.get() > before + 200);
                first.terminate();
                assertThat(first.exitCode()).as(first.err()).isZero();
                int after = served.get();
                await().atMost(PATIENCE).until(() -> served.get() > after + 200);
                over.set(true);
                for (FutureTask<Void> client : clients) {
                    client.get();
                }
                second.terminate();
                assertThat(second.exitCode()).as(second.err()).isZero();
            }
        }
        System.out.printf(
                "rolling restart, %s: %d requests served, 0 failed, %d tried again%n",
                container, served.get(), retried.get());
        assertThat(retried.get()).isLessThan(20);
    }

    private void visit(URI address, boolean keepsItsConnection) {
        HttpClient kept = newClient();
        try {
            while (!over.get()) {
                HttpClient client = keepsItsConnection ? kept : newClient();
                try {
                    assertThat(get(client, address.resolve("/thread")).statusCode()).isEqualTo(200);
                    served.incrementAndGet();
                } finally {
                    if (!keepsItsConnection) {
                        client.shutdownNow();
                    }
                }
            }
        } finally {
            kept.shutdownNow();
        }
    }

    private HttpResponse<String> get(HttpClient client, URI uri) {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException broken) {
            retried.incrementAndGet();
            return getAgain(client, request, broken);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static HttpResponse<String> getAgain(
            HttpClient client, HttpRequest request, IOException first) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException | InterruptedException failed) {
            failed.addSuppressed(first);
            throw new IllegalStateException("failed twice", failed);
        }
    }

    private static HttpClient newClient() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build();
    }
}
