package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.Http2Connection;
import dev.treadle.tck.Http2Stream;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers that wait for room in the window of their stream, and whose stream is reset, by the
 * client or by harakiri; the connection goes on. Undertow holds the frame of such an answer, and
 * does not end it at a reset (Http2StreamSinkChannel.rstStream, 2.3.26).
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ResetWhileHeldTest {
    private static final int WINDOW = 8_192;
    private static final int ANSWER = 10_000_000;
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final AtomicInteger writeErrors = new AtomicInteger();

    @Test
    void aThreadOfAPlainHandlerGoesOn() throws Exception {
        resetByClient(new BlockingHandler(ResetWhileHeldTest::write));
    }

    /** Its run has returned, and Undertow sends the rest. */
    @Test
    void aNonBlockingAnswerEnds() throws Exception {
        resetByClient(ResetWhileHeldTest::send);
    }

    @Test
    void aWriteListenerHearsOfIt() throws Exception {
        DeploymentManager deployment = Servlets.newContainer().addDeployment(deployment());
        deployment.deploy();
        try {
            resetByClient(deployment.start());
            assertThat(writeErrors).hasValue(1);
        } finally {
            deployment.undeploy();
        }
    }

    @Test
    void harakiriEndsAThreadOfAPlainHandler() throws Exception {
        resetByHarakiri(new BlockingHandler(ResetWhileHeldTest::write));
    }

    @Test
    void harakiriEndsANonBlockingAnswer() throws Exception {
        resetByHarakiri(ResetWhileHeldTest::send);
    }

    private static WorkerSettings.Builder settings() {
        return WorkerSettings.builder().virtual(1).queue(10);
    }

    private static RunningUndertow server(WorkerSettings settings, HttpHandler root) {
        return new RunningUndertow(
                settings,
                exchange -> {
                    if (exchange.getRequestPath().equals("/hello")) {
                        exchange.getResponseSender().send("hello");
                    } else {
                        root.handleRequest(exchange);
                    }
                },
                Undertow.builder().setServerOption(UndertowOptions.ENABLE_HTTP2, true));
    }

    private static void resetByClient(HttpHandler root) throws Exception {
        try (RunningUndertow server = server(settings().build(), root);
                Http2Connection client = open(server)) {
            Http2Stream stream = client.get("/big");
            await().atMost(LONGEST).until(() -> stream.unread() == WINDOW);
            stream.reset(Http2Stream.CANCEL);
            assertPlaceComesBack(server, client);
        }
    }

    private static void resetByHarakiri(HttpHandler root) throws Exception {
        WorkerSettings settings = settings().harakiri(Duration.ofSeconds(1)).build();
        try (RunningUndertow server = server(settings, root);
                Http2Connection client = open(server)) {
            Http2Stream stream = client.get("/big");
            await().atMost(LONGEST).until(stream::over);
            assertThat(stream.resetCode()).isEqualTo(Http2Stream.CANCEL);
            assertPlaceComesBack(server, client);
        }
    }

    private static Http2Connection open(RunningUndertow server) throws IOException {
        return Http2Connection.open(Ports.of(server.undertow()), false, WINDOW);
    }

    private static void assertPlaceComesBack(RunningUndertow server, Http2Connection client)
            throws IOException {
        await().atMost(LONGEST)
                .until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
        assertThat(client.get("/hello").read().text()).isEqualTo("hello");
        assertThat(client.ended()).isFalse();
    }

    private static void write(HttpServerExchange exchange) throws IOException {
        OutputStream out = exchange.getOutputStream();
        byte[] piece = new byte[16_000];
        for (int sent = 0; sent < ANSWER; sent += piece.length) {
            out.write(piece);
        }
    }

    private static void send(HttpServerExchange exchange) {
        exchange.getResponseSender().send(ByteBuffer.allocate(ANSWER));
    }

    private DeploymentInfo deployment() {
        Writing servlet = new Writing(writeErrors);
        return Servlets.deployment()
                .setClassLoader(ResetWhileHeldTest.class.getClassLoader())
                .setDeploymentName("writing")
                .setContextPath("/")
                .addServlet(
                        Servlets.servlet(
                                        "writing",
                                        Writing.class,
                                        new ImmediateInstanceFactory<>(servlet))
                                .addMapping("/")
                                .setAsyncSupported(true));
    }

    private static final class Writing extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final AtomicInteger errors;

        Writing(AtomicInteger errors) {
            this.errors = errors;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            AsyncContext async = request.startAsync();
            async.setTimeout(0);
            ServletOutputStream out = response.getOutputStream();
            out.setWriteListener(
                    new WriteListener() {
                        @Override
                        public void onWritePossible() throws IOException {
                            while (out.isReady()) {
                                out.write(new byte[16_000]);
                            }
                        }

                        @Override
                        public void onError(Throwable failed) {
                            errors.incrementAndGet();
                            async.complete();
                        }
                    });
        }
    }
}
