package dev.treadle.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.tck.Client;
import dev.treadle.tck.RawClient;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.StatisticsHandler;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Where the gate stands in Jetty, and what it answers by itself. */
@Timeout(60)
class JettyGateTest {
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @Test
    void aHandlerSetAfterTheInstallIsGated() throws Exception {
        try (JettyTestServer jetty =
                new JettyTestServer(oneAndNoLine()).start(TestHandlers.hold(inside, go))) {
            assertSecondIsRefused(jetty);
        }
    }

    @Test
    void aHandlerPutAroundBetweenStopAndStartIsGated() throws Exception {
        Handler application = TestHandlers.hold(inside, go);
        try (JettyTestServer jetty = new JettyTestServer(oneAndNoLine()).start(application)) {
            jetty.server.stop();
            assertThat(jetty.server.getHandler()).isSameAs(application);
            StatisticsHandler statistics = new StatisticsHandler();
            statistics.setHandler(application);
            jetty.start(statistics);
            assertThat(((Handler.Singleton) jetty.server.getHandler()).getHandler())
                    .isSameAs(statistics);
            assertSecondIsRefused(jetty);
            // refused outside of it
            assertThat(statistics.getRequestTotal()).isEqualTo(1);
        }
    }

    @Test
    void handlersThatNeverBlockAreGatedOnTheWorkers() throws Exception {
        Handler nonBlocking =
                new Handler.Abstract.NonBlocking() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback)
                            throws Exception {
                        return TestHandlers.thread().handle(request, response, callback);
                    }
                };
        try (JettyTestServer jetty = new JettyTestServer(oneAndNoLine()).start(nonBlocking);
                RawClient client = jetty.connect()) {
            assertThat(client.get("/").text()).startsWith("treadle-virtual-");
        }
    }

    @Test
    void withoutAHandlerTheServersOwn404GivesThePermitBack() throws Exception {
        WorkerSettings one = WorkerSettings.virtual(1);
        try (JettyTestServer jetty = new JettyTestServer(one)) {
            jetty.server.start();
            for (int i = 0; i < 3; i++) {
                try (RawClient client = jetty.connect()) {
                    assertThat(client.get("/").status()).isEqualTo(404);
                }
            }
        }
    }

    private static WorkerSettings oneAndNoLine() {
        return WorkerSettings.builder().virtual(1).queue(0).build();
    }

    private void assertSecondIsRefused(JettyTestServer jetty) throws Exception {
        try (RawClient first = jetty.connect();
                RawClient second = jetty.connect()) {
            first.sendGet("/", "");
            inside.await();
            assertThat(second.get("/").status()).isEqualTo(503);
            go.countDown();
            assertThat(first.read().status()).isEqualTo(200);
        }
    }

    @Test
    void aRefusedUploadThatIsHereAlreadyKeepsTheConnection() throws Exception {
        try (JettyTestServer jetty =
                        new JettyTestServer(oneAndNoLine()).start(TestHandlers.hold(inside, go));
                RawClient first = jetty.connect();
                RawClient second = jetty.connect()) {
            first.sendGet("/", "");
            inside.await();
            Client.Answer refused =
                    second.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
                            .read();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("connection")).isNull();
            assertThat(second.get("/").status()).isEqualTo(503);
            go.countDown();
        }
    }

    @Test
    void aRefusedUploadThatIsStillToComeIsToldThatTheConnectionCloses() throws Exception {
        try (JettyTestServer jetty =
                        new JettyTestServer(oneAndNoLine()).start(TestHandlers.hold(inside, go));
                RawClient first = jetty.connect();
                RawClient second = jetty.connect()) {
            first.sendGet("/", "");
            inside.await();
            Client.Answer refused =
                    second.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\n\r\nabc")
                            .read();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("connection")).isEqualToIgnoringCase("close");
            go.countDown();
        }
    }

    /** The gate judges the path that the handlers match, or Jetty refuses the request itself. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/healthz/../big",
                "/healthz/%2e%2e/big",
                "/healthz/x/../../big",
                "/healthz;x/..;y/big",
                "//healthz/../big",
                "/healthz/..%2fbig",
                "/healthz//../../big"
            })
    void aPathThatOnlyLooksLikePriorityWaitsAsAnyOther(String path) throws Exception {
        WorkerSettings settings =
                WorkerSettings.builder()
                        .virtual(1)
                        .queue(0)
                        .priorityPaths(List.of("/healthz/*"))
                        .build();
        Handler hold = TestHandlers.hold(inside, go);
        try (JettyTestServer jetty = new JettyTestServer(settings).start(holdingBig(hold));
                RawClient first = jetty.connect();
                RawClient priority = jetty.connect();
                RawClient second = jetty.connect()) {
            first.sendGet("/big");
            inside.await();
            assertThat(priority.get("/healthz/x").status()).isEqualTo(200);
            assertThat(second.get(path).status()).isIn(400, 503);
            go.countDown();
            assertThat(first.read().status()).isEqualTo(200);
        }
    }

    private static Handler holdingBig(Handler hold) {
        return new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback)
                    throws Exception {
                boolean holds = Request.getPathInContext(request).endsWith("/big");
                return (holds ? hold : TestHandlers.thread()).handle(request, response, callback);
            }
        };
    }

    @Test
    void aHandlerThatFailsOfAHarakiriIsAnswered503() throws Exception {
        assertHarakiriIsAnswered503(TestHandlers.hold(inside, go));
    }

    @Test
    void aServletThatFailsOfAHarakiriIsAnswered503() throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(
                new ServletHolder(
                        new HttpServlet() {
                            private static final long serialVersionUID = 1L;

                            @Override
                            protected void doGet(
                                    HttpServletRequest request, HttpServletResponse response)
                                    throws IOException {
                                response.setContentType("application/json");
                                response.setContentLength(2);
                                try {
                                    go.await();
                                } catch (InterruptedException interrupted) {
                                    throw new IllegalStateException(interrupted);
                                }
                                response.getWriter().print("{}");
                            }
                        }),
                "/*");
        assertHarakiriIsAnswered503(context);
    }

    /** The connection is kept, and the next request on it is served or struck like the first. */
    private void assertHarakiriIsAnswered503(Handler handler) throws Exception {
        WorkerSettings settings =
                WorkerSettings.builder().virtual(1).harakiri(Duration.ofMillis(100)).build();
        try (JettyTestServer jetty = new JettyTestServer(settings).start(handler);
                RawClient client = jetty.connect()) {
            for (int i = 0; i < 2; i++) {
                Client.Answer answer = client.get("/");
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("retry-after")).isEqualTo("1");
                assertThat(answer.header("content-type")).startsWith("text/plain");
                assertThat(answer.text()).isEqualTo("the request was interrupted\n");
            }
            // counted a moment after the interrupt
            await().untilAsserted(() ->
                    assertThat(jetty.workers.stats().gate().harakiris()).isEqualTo(2));
            go.countDown();
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }
}
