package dev.treadle.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerSettings;

import jakarta.websocket.server.ServerEndpointConfig;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;

/** The effects of the workers on a WebSocket application, beyond the contract. */
@Timeout(60)
class JettyWebSocketTest {
    /**
     * The application's end of a WebSocket connection may block, as everything of the application.
     */
    @Test
    void theBeginAndTheEndOfAWebSocketConnectionRunOnTheWorkers() throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        JakartaWebSocketServletContainerInitializer.configure(
                context,
                (servletContext, container) ->
                        container.addEndpoint(
                                ServerEndpointConfig.Builder.create(
                                                ClosingEndpoint.class, "/socket")
                                        .build()));
        try (JettyTestServer jetty = new JettyTestServer(WorkerSettings.virtual(1)).start(context);
                HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("ws://127.0.0.1:" + jetty.connector.getLocalPort() + "/socket");
            WebSocket socket =
                    client.newWebSocketBuilder().buildAsync(uri, new WebSocket.Listener() {}).get();
            assertThat(ClosingEndpoint.THREADS.take()).startsWith("opened on treadle-virtual-");
            socket.abort();
            assertThat(ClosingEndpoint.THREADS.take()).startsWith("closed on treadle-virtual-");
        }
    }
}
