package dev.treadle.bench.command;

import dev.treadle.bench.process.ProcessFailedException;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks servers that have just started, with one client that is warm after the first. */
final class FirstAnswer {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * Asks once.
     *
     * @throws ProcessFailedException if the answer is not 200
     */
    void require(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
                        BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new ProcessFailedException(
                    "GET " + path + ": " + answer.statusCode() + " (expected: 200)");
        }
    }
}
