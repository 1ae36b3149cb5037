package dev.treadle.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.Http2Connection;
import dev.treadle.tck.Http2Stream;

import org.eclipse.jetty.http2.BufferingFlowControlStrategy;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.SimpleFlowControlStrategy;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The gate before many streams of one connection. */
@Timeout(120)
class JettyHttp2GateTest {
    private static final int SIZE = 300_000;

    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger handled = new AtomicInteger();

    private static JettyTestServer start(
            WorkerSettings settings, AbstractHTTP2ServerConnectionFactory http2, Handler handler)
            throws Exception {
        JettyTestServer jetty = new JettyTestServer(settings);
        jetty.connector.addConnectionFactory(http2);
        return jetty.start(handler);
    }

    private static AbstractHTTP2ServerConnectionFactory http2() {
        return new HTTP2CServerConnectionFactory(new HttpConfiguration());
    }

    private static Http2Connection connect(JettyTestServer jetty) throws Exception {
        return Http2Connection.open(jetty.connector.getLocalPort(), false);
    }

    /** Counts the request, and answers when {@code go} is open. */
    private Handler holding() {
        Handler hold = TestHandlers.hold(new CountDownLatch(1), go);
        return new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback)
                    throws Exception {
                handled.incrementAndGet();
                return hold.handle(request, response, callback);
            }
        };
    }

    /** Works for 100 ms, reads the body, and answers with its length. */
    private static Handler reading() {
        return new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback)
                    throws Exception {
                Thread.sleep(100);
                long length = Content.Source.asByteBuffer(request).remaining();
                Content.Sink.write(response, true, Long.toString(length), callback);
                return true;
            }
        };
    }

    /** Only the resets at the end of a request are not counted (CVE-2023-44487). */
    @Test
    void aClientThatResetsManyStreamsLosesItsConnection() throws Exception {
        assertEndsAConnection(stream -> stream.reset(ErrorCode.CANCEL_STREAM_ERROR.code));
    }

    /** Jetty counts the resets that it sends for errors of the client (CVE-2025-8671). */
    @Test
    void soDoesOneThatMakesTheServerResetThem() throws Exception {
        assertEndsAConnection(Http2Stream::grantTooMuch);
    }

    private interface Misuse {
        void of(Http2Stream stream) throws IOException;
    }

    private void assertEndsAConnection(Misuse misuse) throws Exception {
        WorkerSettings ten = WorkerSettings.builder().virtual(10).queue(100).build();
        try (JettyTestServer jetty = start(ten, http2(), holding());
                Http2Connection connection = connect(jetty)) {
            await("the end of the connection")
                    .until(() -> {
                        misuseMany(connection, misuse);
                        return connection.ended();
                    });
            assertThat(connection.goneAway())
                    .hasValueSatisfying(bye ->
                            assertThat(bye.code())
                                    .isEqualTo(ErrorCode.ENHANCE_YOUR_CALM_ERROR.code));
            go.countDown();
        }
    }

    /** On a busy machine it may take more than the second that Jetty counts in. */
    private static void misuseMany(Http2Connection connection, Misuse misuse) {
        try {
            for (int i = 0; i < 300; i++) {
                misuse.of(connection.get("/"));
            }
        } catch (IOException ended) {
            // its end is told by the connection
        }
    }

    @Test
    void bodiesInLineDoNotBlockThoseInside() throws Exception {
        assertBodiesInLineDoNotBlock(http2());
    }

    @Test
    void norWithAFlowControlStrategyOfTheUsers() throws Exception {
        AbstractHTTP2ServerConnectionFactory http2 = http2();
        http2.setFlowControlStrategyFactory(SimpleFlowControlStrategy::new);
        assertBodiesInLineDoNotBlock(http2);
    }

    @Test
    void norWithOneThatGivesTheWindowBackLate() throws Exception {
        AbstractHTTP2ServerConnectionFactory http2 = http2();
        http2.setFlowControlStrategyFactory(() -> new BufferingFlowControlStrategy(0.9F));
        assertBodiesInLineDoNotBlock(http2);
    }

    private static void assertBodiesInLineDoNotBlock(AbstractHTTP2ServerConnectionFactory http2)
            throws Exception {
        WorkerSettings two = WorkerSettings.builder().virtual(2).queue(100).build();
        try (JettyTestServer jetty = start(two, http2, reading());
                Http2Connection connection = connect(jetty)) {
            List<Http2Stream> streams = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                streams.add(connection.post("/" + i, SIZE));
            }
            sendInTurn(streams);
            for (Http2Stream each : streams) {
                assertThat(each.read().text()).isEqualTo(Integer.toString(SIZE));
            }
        }
    }

    /** Sends all bodies at the same time, a frame of each in turn, as far as windows allow. */
    private static void sendInTurn(List<Http2Stream> streams) throws Exception {
        byte[] body = new byte[SIZE];
        int[] sent = new int[streams.size()];
        Callable<Boolean> sendOneOfEach =
                () -> {
                    boolean all = true;
                    for (int i = 0; i < sent.length; i++) {
                        if (sent[i] < SIZE) {
                            sent[i] += streams.get(i).trySendBody(body, sent[i]);
                        }
                        all &= sent[i] == SIZE;
                    }
                    return all;
                };
        await().pollInterval(Duration.ofMillis(1)).until(sendOneOfEach);
    }

    @Test
    void whatIsAdvertisedFollowsTheGateAlsoAfterASwitch() throws Exception {
        AbstractHTTP2ServerConnectionFactory http2 = http2();
        WorkerSettings before = WorkerSettings.builder().virtual(150).queue(50).streams(25).build();
        try (JettyTestServer jetty = start(before, http2, TestHandlers.thread())) {
            assertAdvertised(jetty, http2, 225);
            jetty.workers.switchTo(WorkerSettings.builder().virtual(500).queue(10_000).build());
            assertAdvertised(jetty, http2, 1_000);
            jetty.workers.switchTo(WorkerSettings.builder().virtual(2).queue(3).streams(0).build());
            assertAdvertised(jetty, http2, 5);
        }
    }

    @Test
    void aFactoryThatIsAddedLaterFollowsToo() throws Exception {
        WorkerSettings settings =
                WorkerSettings.builder().virtual(150).queue(50).streams(25).build();
        try (JettyTestServer jetty = new JettyTestServer(settings).start(TestHandlers.thread())) {
            jetty.connector.stop();
            AbstractHTTP2ServerConnectionFactory http2 = http2();
            jetty.connector.addConnectionFactory(http2);
            jetty.connector.start();
            assertAdvertised(jetty, http2, 225);
        }
    }

    private static void assertAdvertised(
            JettyTestServer jetty, AbstractHTTP2ServerConnectionFactory http2, int streams)
            throws Exception {
        try (Http2Connection connection = connect(jetty)) {
            assertThat(connection.get("/").read().status()).isEqualTo(200);
            assertThat(connection.maxConcurrentStreams()).isEqualTo(streams);
            assertThat(connection.connectionWindow())
                    .isEqualTo(2L * streams * http2.getInitialStreamRecvWindow());
        }
    }

    @Test
    void aLowerLimitAndALargerWindowOfTheUserAreKept() throws Exception {
        AbstractHTTP2ServerConnectionFactory http2 = http2();
        http2.setMaxConcurrentStreams(3);
        http2.setInitialSessionRecvWindow(5_000_000);
        try (JettyTestServer jetty =
                        start(WorkerSettings.virtual(10), http2, TestHandlers.thread());
                Http2Connection connection = connect(jetty)) {
            assertThat(connection.get("/").read().status()).isEqualTo(200);
            assertThat(connection.maxConcurrentStreams()).isEqualTo(3);
            assertThat(connection.connectionWindow()).isEqualTo(5_000_000);
        }
    }

    @Test
    void resetStreamsLeaveTheLineAndNeverRun() throws Exception {
        WorkerSettings one = WorkerSettings.builder().virtual(1).queue(100).build();
        try (JettyTestServer jetty = start(one, http2(), holding());
                Http2Connection connection = connect(jetty)) {
            Http2Stream inside = connection.get("/");
            await().until(() -> handled.get() == 1);
            List<Http2Stream> inLine = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                inLine.add(connection.get("/" + i));
            }
            await().until(() -> ServerWorkers.of(jetty.workers).gate().waiting() == 50);
            for (Http2Stream each : inLine) {
                each.reset(Http2Stream.CANCEL);
            }
            await().atMost(Duration.ofSeconds(2))
                    .until(() -> ServerWorkers.of(jetty.workers).gate().waiting() == 0);
            go.countDown();
            assertThat(inside.read().status()).isEqualTo(200);
            assertThat(connection.get("/").read().status()).isEqualTo(200);
            assertThat(handled).hasValue(2);
        }
    }

    @Test
    void streamsOfOneConnectionAreSpreadOverTheHubs() throws Exception {
        Map<String, LongAdder> carriers = new ConcurrentHashMap<>();
        Handler counting =
                new Handler.Abstract() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback)
                            throws Exception {
                        carriers.computeIfAbsent(HubHandler.carrier(), key -> new LongAdder())
                                .increment();
                        Thread.sleep(10);
                        callback.succeeded();
                        return true;
                    }
                };
        WorkerSettings four =
                WorkerSettings.builder().gevent(1000).hubs(4).hubLoop(false).retake(null).build();
        try (JettyTestServer jetty = start(four, http2(), counting);
                Http2Connection connection = connect(jetty)) {
            List<Http2Stream> streams = new ArrayList<>();
            for (int i = 0; i < 320; i++) {
                streams.add(connection.get("/"));
            }
            for (Http2Stream each : streams) {
                assertThat(each.read().status()).isEqualTo(200);
            }
            assertThat(carriers).hasSize(4);
            carriers.forEach(
                    (carrier, count) -> assertThat(count.sum()).as(carrier).isBetween(40L, 160L));
        }
    }

    @Test
    void aStopSendsGoAwayAndEndsWhatIsInsideAndTheNextStartServes() throws Exception {
        WorkerSettings settings =
                WorkerSettings.builder().virtual(10).drain(Duration.ofSeconds(30)).build();
        try (JettyTestServer jetty = start(settings, http2(), holding())) {
            try (Http2Connection connection = connect(jetty)) {
                Http2Stream inside = connection.get("/");
                await().until(() -> handled.get() == 1);
                Thread stop = Thread.ofPlatform().start(jetty::stop);
                await().until(() -> connection.goneAway().isPresent());
                assertThat(connection.goneAway().orElseThrow().code()).isZero();
                go.countDown();
                assertThat(inside.read().status()).isEqualTo(200);
                await().until(connection::ended);
                stop.join();
            }
            jetty.server.start();
            try (Http2Connection connection = connect(jetty)) {
                assertThat(connection.get("/").read().status()).isEqualTo(200);
                assertThat(connection.get("/").read().status()).isEqualTo(200);
                assertThat(connection.goneAway()).isEmpty();
            }
        }
    }
}
