package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.path.json.JsonPath;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Clients that listen to an {@code SseEmitter} leave the N places to others. */
final class BootStreamsTest {

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build();

    static List<BootLine> lines() {
        return BootLine.newestOrAll();
    }

    private static HttpRequest request(BootServer server, String path) {
        return HttpRequest.newBuilder(server.address().resolve(path)).timeout(PATIENCE).build();
    }

    private HttpResponse<String> get(BootServer server, String path) throws Exception {
        return client.send(request(server, path), BodyHandlers.ofString());
    }

    private CompletableFuture<HttpResponse<InputStream>> listen(BootServer server, String path) {
        return client.sendAsync(request(server, path), BodyHandlers.ofInputStream());
    }

    /** The place of the N comes back a moment after an answer, and there is one. */
    private void untilServed(BootServer server, String path) {
        await().atMost(PATIENCE).until(() -> get(server, path).statusCode() == 200);
    }

    private void untilThereAre(BootServer server, int streams) {
        await().atMost(PATIENCE)
                .until(() -> {
                    HttpResponse<String> stats = get(server, "/actuator/treadle");
                    // refused while a listener that has just come still has the only place
                    return stats.statusCode() == 200
                            && JsonPath.from(stats.body()).getInt("gate.streams") == streams;
                });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void listenersLeaveTheirPlaceToOthers(BootLine line) throws Exception {
        try (ThirdParty party = new ThirdParty();
                BootServer server =
                        BootServer.start(
                                line,
                                "--gevent",
                                "1",
                                "--treadle.queue=0",
                                "--treadle.streams=3",
                                "--treadle.drain=2m",
                                "--spring.lifecycle.timeout-per-shutdown-phase=3m",
                                "--management.endpoints.web.exposure.include=*",
                                Database.argument(),
                                party.argument())) {
            List<CompletableFuture<HttpResponse<InputStream>>> listeners = new ArrayList<>();
            for (String path : List.of("/events/silent", "/events/silent-entity", "/events/one")) {
                untilServed(server, "/thread");
                listeners.add(listen(server, path));
                untilThereAre(server, listeners.size());
            }
            assertThat(listeners.getLast().get().statusCode()).isEqualTo(200);
            untilServed(server, "/actuator/health");

            for (String path : List.of("/events/silent", "/events/one")) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> {
                            HttpResponse<String> refused = get(server, path);
                            assertThat(refused.statusCode()).isEqualTo(503);
                            assertThat(refused.body()).contains("too many event streams");
                            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
                        });
                untilServed(server, "/thread");
            }

            long stop = System.nanoTime();
            server.process().terminate();
            assertThat(server.process().exitCode()).isEqualTo(143); // 128 + SIGTERM
            assertThat(Duration.ofNanos(System.nanoTime() - stop))
                    .as("the grace of two minutes is not for streams")
                    .isLessThan(Duration.ofSeconds(100));
        }
    }
}
