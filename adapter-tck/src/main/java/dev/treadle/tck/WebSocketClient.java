package dev.treadle.tck;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A WebSocket to the echo endpoint, with the client of the JDK. */
final class WebSocketClient implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final WebSocket socket;

    WebSocketClient(int port) {
        socket =
                client.newWebSocketBuilder()
                        .buildAsync(URI.create("ws://127.0.0.1:" + port + "/echo"), new Listener())
                        .join();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                messages.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    /** Sends a text and returns what comes back. */
    String echo(String text) throws InterruptedException {
        socket.sendText(text, true).join();
        String answer = messages.poll(30, TimeUnit.SECONDS);
        if (answer == null) {
            throw new IllegalStateException("no answer to " + text + " within 30 s");
        }
        return answer;
    }

    @Override
    public void close() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "done").join();
        client.close();
    }
}
