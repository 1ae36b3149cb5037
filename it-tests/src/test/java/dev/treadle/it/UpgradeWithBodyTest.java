package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;

/**
 * Java's client asks for HTTP/2 in the first request of a connection without TLS, and sends its
 * body with it.
 */
class UpgradeWithBodyTest {
    /** Undertow keeps up to 16 KiB of a body in chunks for HTTP/2, and fails with more. */
    private static final int MOST_IN_CHUNKS_ON_UNDERTOW = 10_000;

    @TempDir static Path directory = Path.of("");
    private static Path war = Path.of("");

    @BeforeAll
    static void makeWar() throws Exception {
        war = Mirror.war(directory.resolve("mirror.war"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.treadle.it.Cell#allContainers")
    void theApplicationGetsTheWholeBody(String container) throws Exception {
        try (TreadleProcess server =
                TreadleProcess.launcher(
                        "--http=127.0.0.1:0",
                        "--h2c",
                        "--container=" + container,
                        "--gevent=50",
                        "--war=" + war)) {
            for (int length : new int[] {1, 5_000, 10_000, 1_000_000}) {
                byte[] body = new byte[length];
                assertThat(firstAnswer(server.address(), BodyPublishers.ofByteArray(body)))
                        .as("with its length")
                        .isEqualTo("200 got " + length);
                if (!container.equals("undertow") || length <= MOST_IN_CHUNKS_ON_UNDERTOW) {
                    assertThat(
                                    firstAnswer(
                                            server.address(),
                                            BodyPublishers.ofInputStream(
                                                    () -> new ByteArrayInputStream(body))))
                            .as("in chunks")
                            .isEqualTo("200 got " + length);
                }
            }
        }
    }

    /** On a new connection, on which HTTP/2 is to be had as well. */
    private static String firstAnswer(URI root, BodyPublisher body) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            URI target = root.resolve("/mirror/here");
            HttpResponse<String> first =
                    client.send(
                            HttpRequest.newBuilder(target)
                                    .timeout(PATIENCE)
                                    .header("Content-Type", "application/octet-stream")
                                    .POST(body)
                                    .build(),
                            BodyHandlers.ofString());
            HttpResponse<String> next =
                    client.send(
                            HttpRequest.newBuilder(target).timeout(PATIENCE).build(),
                            BodyHandlers.ofString());
            assertThat(next.version()).isEqualTo(HttpClient.Version.HTTP_2);
            return first.statusCode() + " " + first.body();
        }
    }
}
