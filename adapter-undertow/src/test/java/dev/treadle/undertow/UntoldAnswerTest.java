package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.Http2Connection;
import dev.treadle.tck.Http2Stream;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.protocols.http2.Http2DataStreamSinkChannel;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.handlers.ServletRequestContext;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.util.SameThreadExecutor;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xnio.channels.Configurable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers over HTTP/2 that are sent whole while their exchange is not told. Undertow tells it in a
 * flush, and forgets it if the last frame goes out in the middle of that flush
 * (Http2DataStreamSinkChannel.flush, 2.3.26).
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class UntoldAnswerTest {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** A flush that reports that all is sent; the exchange notices it only in a later flush. */
    private static final class TellsLater extends AbstractStreamSinkConduit<StreamSinkConduit> {
        private final HttpServerExchange exchange;
        private int flushes;
        private boolean terminated;

        TellsLater(HttpServerExchange exchange) {
            super(nothing());
            this.exchange = exchange;
        }

        private static StreamSinkConduit nothing() {
            return (StreamSinkConduit)
                    Proxy.newProxyInstance(
                            UntoldAnswerTest.class.getClassLoader(),
                            new Class<?>[] {StreamSinkConduit.class},
                            (proxy, method, arguments) -> null);
        }

        @Override
        public boolean flush() {
            flushes++;
            if (terminated && flushes > 2) {
                Connectors.terminateResponse(exchange);
            }
            return true;
        }

        @Override
        public void terminateWrites() {
            terminated = true;
        }
    }

    private static final class Ends extends RequestEnds {
        private final AtomicInteger releases = new AtomicInteger();

        @Override
        void release() {
            releases.incrementAndGet();
        }

        @Override
        void isNotRead() {
            // no request
        }
    }

    @Test
    void theLastFlushIsDoneAgainIfTheExchangeHasNotHeardOfIt() throws IOException {
        HttpServerExchange exchange = new HttpServerExchange(null);
        TellsLater channel = new TellsLater(exchange);
        Ends ends = new Ends();
        ends.runEnded();
        ParkingSink sink =
                new ParkingSink(
                        channel,
                        new ConduitStreamSinkChannel(Configurable.EMPTY, channel),
                        exchange,
                        ends);

        assertThat(sink.flush()).isTrue();
        assertThat(channel.flushes).isEqualTo(1); // there may be more of the answer
        sink.terminateWrites();
        assertThat(sink.flush()).isTrue();

        assertThat(exchange.isResponseComplete()).isTrue();
        assertThat(ends.releases).hasValue(1);
        assertThat(sink.flush()).isTrue();
        assertThat(channel.flushes).isEqualTo(4);
    }

    /** For any reason: no client would read more of that answer. */
    @Test
    void itsPlaceComesBackWhenItsClientLeaves() throws Exception {
        DeploymentManager deployment = Servlets.newContainer().addDeployment(deployment());
        deployment.deploy();
        WorkerSettings settings = WorkerSettings.builder().virtual(1).queue(0).build();
        try (RunningUndertow server =
                new RunningUndertow(
                        settings,
                        deployment.start(),
                        Undertow.builder().setServerOption(UndertowOptions.ENABLE_HTTP2, true))) {
            try (Http2Connection client =
                    Http2Connection.open(Ports.of(server.undertow()), false)) {
                assertThat(client.get("/").read().text()).isEqualTo("answer");
                assertThat(ServerWorkers.of(server.workers()).gate().active()).isEqualTo(1);
            }
            await().atMost(LONGEST)
                    .until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
        } finally {
            deployment.undeploy();
        }
    }

    /** The exchange is not complete: the rest of the body never comes. */
    @Test
    void anAnswerThatFailsBeforeTheRequestIsReadGivesItsPlaceBack() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        WorkerSettings settings = WorkerSettings.builder().virtual(1).queue(0).build();
        try (RunningUndertow server =
                        new RunningUndertow(
                                settings,
                                exchange -> writeUntilItFails(exchange, begun),
                                Undertow.builder()
                                        .setServerOption(UndertowOptions.ENABLE_HTTP2, true));
                Http2Connection client = Http2Connection.open(Ports.of(server.undertow()), false)) {
            Http2Stream stream = client.post("/", 1_000);
            begun.await();
            stream.reset(Http2Stream.CANCEL);
            await().atMost(LONGEST)
                    .until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
        }
    }

    /** Returns when Undertow has told the exchange, which is then left to itself. */
    private static void writeUntilItFails(HttpServerExchange exchange, CountDownLatch begun)
            throws InterruptedException {
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> {});
        StreamSinkChannel answer = exchange.getResponseChannel();
        begun.countDown();
        while (!exchange.isResponseComplete()) {
            try {
                answer.write(ByteBuffer.allocate(0));
            } catch (IOException reset) {
                // told in this write or in the next
            }
            Thread.sleep(1);
        }
    }

    private static DeploymentInfo deployment() {
        return Servlets.deployment()
                .setClassLoader(UntoldAnswerTest.class.getClassLoader())
                .setDeploymentName("untold")
                .setContextPath("/")
                .addServlet(
                        Servlets.servlet(
                                        "untold",
                                        Untold.class,
                                        new ImmediateInstanceFactory<>(new Untold()))
                                .addMapping("/")
                                .setAsyncSupported(true));
    }

    /** Completes its answer elsewhere, and keeps Undertow from telling the exchange. */
    private static final class Untold extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            HttpServerExchange exchange =
                    ServletRequestContext.requireCurrent().getOriginalRequest().getExchange();
            answerOf(exchange.getConnection()).setCompletionListener(null);
            response.getWriter().print("answer");
            AsyncContext async = request.startAsync();
            async.setTimeout(0);
            Thread.ofPlatform().daemon().start(async::complete);
        }

        private static Http2DataStreamSinkChannel answerOf(ServerConnection stream) {
            try {
                return (Http2DataStreamSinkChannel)
                        MethodHandles.privateLookupIn(stream.getClass(), MethodHandles.lookup())
                                .findVarHandle(
                                        stream.getClass(),
                                        "responseChannel",
                                        Http2DataStreamSinkChannel.class)
                                .get(stream);
            } catch (ReflectiveOperationException missing) {
                throw new IllegalStateException(missing);
            }
        }
    }
}
