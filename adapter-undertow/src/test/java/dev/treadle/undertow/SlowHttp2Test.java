package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;

import org.junit.jupiter.api.Test;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;

/** Streams of HTTP/2 wait in Undertow with {@code Object.wait}, unless they park. */
class SlowHttp2Test {
    private static final int STREAMS = 10;

    private final SlowApplication application = new SlowApplication();
    private final WorkerSettings settings =
            WorkerSettings.builder().gevent(STREAMS + 1).hubs(1).build();

    @Test
    void othersAreServedWhileStreamsWait() throws Exception {
        Undertow.Builder builder =
                Undertow.builder().setServerOption(UndertowOptions.ENABLE_HTTP2, true);
        List<SubmissionPublisher<ByteBuffer>> bodies = new ArrayList<>();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        try (RunningUndertow server = new RunningUndertow(settings, application, builder);
                HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + Ports.of(server.undertow()) + "/");
            HttpRequest hello = HttpRequest.newBuilder(uri.resolve("/hello")).build();
            client.send(hello, BodyHandlers.ofString()); // upgrades
            for (int i = 0; i < STREAMS; i++) {
                SubmissionPublisher<ByteBuffer> body = new SubmissionPublisher<>();
                bodies.add(body);
                HttpRequest upload =
                        HttpRequest.newBuilder(uri.resolve("/upload"))
                                .POST(BodyPublishers.fromPublisher(body))
                                .build();
                answers.add(client.sendAsync(upload, BodyHandlers.ofString()));
                await().until(body::hasSubscribers);
                body.submit(ByteBuffer.wrap(new byte[10]));
            }
            application.untilParked(STREAMS);
            assertThat(client.send(hello, BodyHandlers.ofString()).body()).isEqualTo("hello");
            for (SubmissionPublisher<ByteBuffer> body : bodies) {
                body.submit(ByteBuffer.wrap(new byte[10]));
                body.close();
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.get().body()).isEqualTo("read 20");
            }
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
        }
    }

    /** Undertow breaks a stream whose body is too large; the thread that reads it must be told. */
    @Test
    void bodyThatBecomesTooLargeWakesItsReader() throws Exception {
        Undertow.Builder builder =
                Undertow.builder()
                        .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                        .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 15L);
        try (RunningUndertow server = new RunningUndertow(settings, application, builder);
                HttpClient client = HttpClient.newHttpClient();
                SubmissionPublisher<ByteBuffer> body = new SubmissionPublisher<>()) {
            URI uri = URI.create("http://127.0.0.1:" + Ports.of(server.undertow()) + "/");
            HttpRequest hello = HttpRequest.newBuilder(uri.resolve("/hello")).build();
            client.send(hello, BodyHandlers.ofString()); // upgrades
            HttpRequest upload =
                    HttpRequest.newBuilder(uri.resolve("/upload"))
                            .POST(BodyPublishers.fromPublisher(body))
                            .build();
            CompletableFuture<HttpResponse<String>> answer =
                    client.sendAsync(upload, BodyHandlers.ofString());
            await().until(body::hasSubscribers);
            body.submit(ByteBuffer.wrap(new byte[10]));
            application.untilParked(1);
            body.submit(ByteBuffer.wrap(new byte[10]));
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
            await().until(answer::isDone);
            client.shutdownNow(); // the client of JDK 21 waits for ever for the rest of the upload
        }
    }
}
