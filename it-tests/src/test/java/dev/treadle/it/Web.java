package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;

/** A client of the server under test. */
final class Web implements AutoCloseable {

    private final HttpClient client;
    private final URI root;

    /** A client of HTTP/1.1. */
    Web(URI root) {
        this(root, HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1));
    }

    /** A client that speaks this version if the server does. */
    Web(URI root, HttpClient.Version version, SSLContext trusting) {
        this(root, HttpClient.newBuilder().version(version).sslContext(trusting));
    }

    private Web(URI root, HttpClient.Builder builder) {
        this.root = root;
        this.client = builder.connectTimeout(PATIENCE).build();
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path), BodyHandlers.ofString());
    }

    /** Sends a body with headers, each a name and a value. */
    HttpResponse<String> post(String path, String contentType, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(root.resolve(path))
                        .timeout(PATIENCE)
                        .header("Content-Type", contentType)
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** Sends a request with headers, each a name and a value. */
    HttpResponse<String> getWith(String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(root.resolve(path))
                        .timeout(PATIENCE)
                        .headers(headers)
                        .build();
        return client.send(request, BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> getLater(String path) {
        return client.sendAsync(request(path), BodyHandlers.ofString());
    }

    /** Returns the answer as soon as its first bytes are here, to be read line by line. */
    BufferedReader begin(String path) throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                client.send(request(path), BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new IOException(path + ": status " + response.statusCode());
        }
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** Sends one message over a WebSocket and returns the answer. */
    String say(String path, String message) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        URI address = URI.create("ws://" + root.getAuthority() + path);
        WebSocket socket =
                client.newWebSocketBuilder()
                        .buildAsync(address, new FirstText(answer))
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        try {
            socket.sendText(message, true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            socket.abort();
        }
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(root.resolve(path)).timeout(PATIENCE).build();
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }

    private record FirstText(CompletableFuture<String> answer) implements WebSocket.Listener {
        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence data, boolean last) {
            answer.complete(data.toString());
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            answer.completeExceptionally(failure);
        }
    }
}
