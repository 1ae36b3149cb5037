package dev.treadle.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** Over HTTP/2 requests are counted, not connections. */
@Timeout(60)
class JettyHttp2Test {
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @Test
    void eachStreamOfAConnectionIsARequest() throws Exception {
        WorkerSettings settings = WorkerSettings.builder().virtual(1).queue(0).build();
        try (JettyTestServer jetty = new JettyTestServer(settings);
                HttpClient client = HttpClient.newHttpClient();
                HttpClient other = HttpClient.newHttpClient()) {
            jetty.connector.addConnectionFactory(
                    new HTTP2CServerConnectionFactory(new HttpConfiguration()));
            jetty.start(holdOrThread());
            // the first request upgrades the connection
            assertThat(send(client, jetty, "/thread").body()).startsWith("treadle-virtual-");
            await().until(() -> ServerWorkers.of(jetty.workers).gate().active() == 0);

            CompletableFuture<HttpResponse<String>> first =
                    client.sendAsync(request(jetty, "/hold"), BodyHandlers.ofString());
            inside.await();
            // the first connection may have no further stream: it would only be refused
            HttpResponse<String> second = send(other, jetty, "/thread");
            assertThat(second.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(second.statusCode()).isEqualTo(503);
            assertThat(second.headers().firstValue("retry-after")).hasValue("1");
            go.countDown();
            assertThat(first.get().statusCode()).isEqualTo(200);
            await().until(() -> ServerWorkers.of(jetty.workers).gate().active() == 0);
            assertThat(send(client, jetty, "/thread").body()).startsWith("treadle-virtual-");
            assertThat(jetty.connector.getConnectedEndPoints()).hasSize(2);
        }
    }

    private Handler holdOrThread() {
        Handler hold = TestHandlers.hold(inside, go);
        Handler thread = TestHandlers.thread();
        return new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback)
                    throws Exception {
                boolean holds = request.getHttpURI().getPath().equals("/hold");
                return (holds ? hold : thread).handle(request, response, callback);
            }
        };
    }

    private static HttpResponse<String> send(HttpClient client, JettyTestServer jetty, String path)
            throws IOException, InterruptedException {
        return client.send(request(jetty, path), BodyHandlers.ofString());
    }

    private static HttpRequest request(JettyTestServer jetty, String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + jetty.connector.getLocalPort() + path))
                .build();
    }
}
