package dev.treadle.it.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * A client's view of a server on this machine, and the lines of Treadle's own loggers in its log.
 */
final class Pages implements AutoCloseable {
    /** A record of a logger of Treadle's that is a warning or worse. */
    private static final Pattern WARNING_OF_OURS =
            Pattern.compile("(?m)^.*\\b(?:WARN|ERROR)\\b.* dev\\.treadle\\.(?!it\\.).*$");

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int REQUESTS = 20;

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build();
    private final int port;

    Pages(int port) {
        this.port = port;
    }

    /** Asks for many at once; each runs on a greenlet. */
    void areServedByGreenlets() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            answers.add(client.sendAsync(request("/thread"), BodyHandlers.ofString()));
        }
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(answer.get().statusCode()).isEqualTo(200);
            assertThat(answer.get().body()).startsWith("treadle-gevent-");
        }
    }

    HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> getLater(String path) {
        return client.sendAsync(request(path), BodyHandlers.ofString());
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(PATIENCE)
                .build();
    }

    static void assertNoWarningOfOurs(CharSequence log) {
        assertThat(log.toString()).doesNotContainPattern(WARNING_OF_OURS);
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
