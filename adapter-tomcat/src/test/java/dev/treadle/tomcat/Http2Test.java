package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.EachModel;
import dev.treadle.tck.Http2Connection;
import dev.treadle.tck.Http2Stream;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;

import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.Request;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http2.Http2Protocol;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/** The gate under HTTP/2: many requests on one connection. */
class Http2Test {
    private static WorkerSettings two(WorkerModel model) {
        return TestTomcat.settings(model, 2).queue(100).build();
    }

    /** Sends all bodies at the same time, as windows allow. */
    private static void send(List<Http2Stream> streams, int bytes) throws IOException {
        byte[] body = new byte[bytes];
        int[] sent = new int[streams.size()];
        for (int left = streams.size(); left > 0; ) {
            boolean moved = false;
            left = 0;
            for (int i = 0; i < sent.length; i++) {
                if (sent[i] < bytes && !streams.get(i).over()) {
                    left++;
                    int now = streams.get(i).trySendBody(body, sent[i]);
                    sent[i] += now;
                    moved = moved || now > 0;
                }
            }
            if (!moved && left > 0) {
                try {
                    Thread.sleep(1); // no window is open: the server speaks next
                } catch (InterruptedException interrupted) {
                    throw new IOException(interrupted);
                }
            }
        }
    }

    private static void assertAllServed(WorkerModel model, boolean tls, int count, int bytes)
            throws Exception {
        try (TestTomcat server = new TestTomcat(two(model))) {
            Connector secure = server.add(true);
            server.servlet(
                            "/upload",
                            (request, response) -> {
                                long read = request.getInputStream().readAllBytes().length;
                                Thread.sleep(100); // what the handlers of the load take
                                response.getWriter().print(read);
                            })
                    .start();
            int port = tls ? secure.getLocalPort() : server.port();
            try (Http2Connection connection = Http2Connection.open(port, tls)) {
                long start = System.nanoTime();
                List<Http2Stream> streams = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    streams.add(connection.post("/upload", bytes));
                }
                send(streams, bytes);
                for (Http2Stream stream : streams) {
                    assertThat(stream.read().text()).isEqualTo("" + bytes);
                }
                long millis = (System.nanoTime() - start) / 1_000_000;
                System.out.println(
                        "HTTP/2 " + model + " tls " + tls + ": " + count + " x " + bytes + " in "
                                + millis + " ms");
                assertThat(millis).isLessThan(8_000); // before: the ten seconds of the queue
            }
            server.untilIdle();
        }
    }

    @EachModel
    void bodiesOfRequestsInLineDoNotBlockThoseInside(WorkerModel model) throws Exception {
        assertAllServed(model, false, 12, 100_000);
        assertAllServed(model, false, 40, 300_000);
    }

    @EachModel
    void bodiesOfRequestsInLineDoNotBlockThoseInsideOverTls(WorkerModel model) throws Exception {
        assertAllServed(model, true, 40, 300_000);
    }

    /**
     * Tomcat begins a connection with two reads, one after the other. If the first has to wait for
     * the client, another thread goes on with it, and the second must not overtake that one.
     */
    @EachModel
    void framesThatComeWhileAConnectionBeginsKeepTheirOrder(WorkerModel model) throws Exception {
        WorkerSettings settings = TestTomcat.settings(model, 100).queue(100).build();
        try (TestTomcat server = new TestTomcat(settings)) {
            server.servlet(
                            "/upload",
                            (request, response) ->
                                    response.getWriter()
                                            .print(request.getInputStream().readAllBytes().length))
                    .start();
            for (int i = 0; i < 300; i++) {
                try (Http2Connection connection = Http2Connection.open(server.port(), false)) {
                    List<Http2Stream> streams = new ArrayList<>();
                    for (int j = 0; j < 20; j++) {
                        streams.add(connection.post("/upload", 1_000).sendBody(new byte[1_000]));
                    }
                    for (Http2Stream stream : streams) {
                        assertThat(stream.read().text()).isEqualTo("1000");
                    }
                }
            }
            server.untilIdle();
        }
    }

    @EachModel
    void aClientThatSaysNothingMoreAfterItsFirstWordsIsCutOff(WorkerModel model) throws Exception {
        try (TestTomcat server = new TestTomcat(two(model))) {
            for (UpgradeProtocol each : server.tomcat().getConnector().findUpgradeProtocols()) {
                ((Http2Protocol) each).setKeepAliveTimeout(500);
            }
            server.start();
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                client.setSoTimeout(30_000);
                client.getOutputStream()
                        .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
                while (client.getInputStream().read() >= 0) {
                    // its settings, and a GOAWAY
                }
            }
        }
    }

    /** The answer comes, the rest of the body is dropped and counted back. */
    @EachModel
    void refusedUploadsKeepTheConnectionUsable(WorkerModel model) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (TestTomcat server = new TestTomcat(TestTomcat.settings(model, 1).queue(3).build())) {
            server.servlet("/hold", (request, response) -> held.await())
                    .servlet(
                            "/upload",
                            (request, response) ->
                                    response.getWriter()
                                            .print(request.getInputStream().readAllBytes().length))
                    .start();
            // others fill the gate, so that all of this connection are refused
            try (Http2Connection others = Http2Connection.open(server.port(), false);
                    Http2Connection connection = Http2Connection.open(server.port(), false)) {
                List<Http2Stream> holds = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    holds.add(others.get("/hold"));
                }
                server.until(
                        "full", () -> ServerWorkers.of(server.workers()).gate().waiting() == 3);
                for (int i = 0; i < 20; i++) {
                    Http2Stream refused = connection.post("/upload", 300_000);
                    try {
                        refused.sendBody(new byte[i % 2 == 0 ? 2_000 : 300_000]);
                    } catch (IOException resetMeanwhile) {
                        // it is refused, and some of the body was under way
                    }
                    assertThat(refused.readHead()).isEqualTo(503);
                }
                held.countDown();
                for (Http2Stream each : holds) {
                    assertThat(each.read().status()).isEqualTo(200);
                }
                server.untilIdle();
                assertThat(
                                connection
                                        .post("/upload", 300_000)
                                        .sendBody(new byte[300_000])
                                        .read()
                                        .text())
                        .isEqualTo("300000");
            }
        }
    }

    /** Without spare carriers, so that the name of a carrier is that of a hub. */
    @Test
    void streamsOfOneConnectionSpreadOverTheHubs() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        Map<String, AtomicInteger> hubs = new ConcurrentHashMap<>();
        try (TestTomcat server =
                new TestTomcat(WorkerSettings.builder().gevent(100).hubs(4).retake(null).build())) {
            server.servlet(
                            "/hub",
                            (request, response) -> {
                                String shown = Thread.currentThread().toString();
                                hubs.computeIfAbsent(
                                                shown.substring(shown.lastIndexOf('@')),
                                                fresh -> new AtomicInteger())
                                        .incrementAndGet();
                                held.await();
                            })
                    .start();
            try (Http2Connection connection = Http2Connection.open(server.port(), false)) {
                List<Http2Stream> streams = new ArrayList<>();
                for (int i = 0; i < 80; i++) {
                    streams.add(connection.get("/hub"));
                }
                server.until(
                        "all",
                        () -> hubs.values().stream().mapToInt(AtomicInteger::get).sum() == 80);
                held.countDown();
                for (Http2Stream stream : streams) {
                    assertThat(stream.read().status()).isEqualTo(200);
                }
            }
            // a hub may begin on a thread of its own, before its loop takes it
            assertThat(hubs.values()).filteredOn(count -> count.get() >= 15).hasSize(4);
        }
    }

    @EachModel
    void streamsThatWereResetLeaveTheLine(WorkerModel model) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (TestTomcat server = new TestTomcat(TestTomcat.settings(model, 1).queue(50).build())) {
            server.servlet("/hold", (request, response) -> held.await()).start();
            try (Http2Connection connection = Http2Connection.open(server.port(), false)) {
                Http2Connection other = Http2Connection.open(server.port(), false);
                connection.get("/hold");
                server.until(
                        "inside", () -> ServerWorkers.of(server.workers()).gate().active() == 1);
                Http2Stream resets = connection.get("/hold");
                connection.get("/hold");
                server.until(
                        "line", () -> ServerWorkers.of(server.workers()).gate().waiting() == 2);
                for (int i = 0; i < 20; i++) {
                    other.get("/hold");
                }
                server.until(
                        "line", () -> ServerWorkers.of(server.workers()).gate().waiting() == 22);
                resets.reset(Http2Stream.CANCEL);
                long start = System.nanoTime();
                server.until(
                        "left", () -> ServerWorkers.of(server.workers()).gate().waiting() == 21);
                long millis = (System.nanoTime() - start) / 1_000_000;
                System.out.println(
                        "HTTP/2 " + model + ": a reset stream left after " + millis + " ms");
                assertThat(millis).isLessThan(3_000);
                other.close();
                server.until(
                        "closed", () -> ServerWorkers.of(server.workers()).gate().waiting() == 1);
                held.countDown();
                server.untilIdle();
            }
        }
    }

    /** Tomcat keeps the objects of a stream for the next one of any connection. */
    @EachModel
    void whatTomcatKeepsOfAStreamHoldsNoConnection(WorkerModel model) throws Exception {
        Set<Request> kept = ConcurrentHashMap.newKeySet();
        try (TestTomcat server = new TestTomcat(TestTomcat.settings(model, 2).build())) {
            server.context()
                    .getPipeline()
                    .addValve(
                            new ValveBase(true) {
                                @Override
                                public void invoke(
                                        org.apache.catalina.connector.Request request,
                                        Response response)
                                        throws IOException, ServletException {
                                    kept.add(request.getCoyoteRequest());
                                    getNext().invoke(request, response);
                                }
                            });
            server.servlet("/hello", (request, response) -> response.getWriter().print("hello"))
                    .servlet(
                            "/async",
                            (request, response) -> {
                                AsyncContext async = request.startAsync();
                                async.start(async::complete);
                            })
                    .servlet(
                            "/fails",
                            (request, response) -> {
                                request.startAsync();
                                throw new IllegalStateException("of the test");
                            })
                    .start();
            for (String path : List.of("/hello", "/async", "/fails")) {
                try (Http2Connection connection = Http2Connection.open(server.port(), false)) {
                    Http2Stream stream = connection.get(path);
                    server.until("over", () -> stream.over() || connection.ended());
                }
                server.untilIdle();
                server.until(
                        path + " let go",
                        () ->
                                kept.stream()
                                        .noneMatch(each ->
                                                each.getInputBuffer() instanceof Exchange
                                                        || Exchange.of(each) != null));
            }
            assertThat(kept).isNotEmpty();
        }
    }

    /** All that is read is counted back to the windows. */
    @EachModel
    void aReadOnAnInterruptedThreadLosesNoWindow(WorkerModel model) throws Exception {
        try (TestTomcat server =
                new TestTomcat(TestTomcat.settings(model, 2).queue(3).streams(0).build())) {
            server.servlet(
                            "/interrupted",
                            (request, response) -> {
                                ServletInputStream in = request.getInputStream();
                                while (in.available() == 0) { // all comes in one frame
                                    Thread.sleep(1);
                                }
                                Thread.currentThread().interrupt();
                                int read = 0;
                                try {
                                    read = in.readNBytes(3_000).length;
                                } catch (IOException ignored) {
                                    // the interrupt
                                }
                                response.getWriter().print(read);
                            })
                    .start();
            try (Http2Connection connection = Http2Connection.open(server.port(), false)) {
                long whole = 5 * 65_535;
                server.until("window", () -> connection.connectionWindow() == whole);
                Http2Stream stream = connection.post("/interrupted", 3_000);
                assertThat(stream.sendBody(new byte[3_000]).read().text()).isEqualTo("3000");
                server.until("window", () -> connection.connectionWindow() == whole);
            }
            server.untilIdle();
        }
    }

    @EachModel
    void theAdvertisedConcurrencyFollowsTheGate(WorkerModel model) throws Exception {
        try (TestTomcat server =
                new TestTomcat(TestTomcat.settings(model, 30).queue(12).streams(10).build())) {
            server.start();
            assertThat(advertised(server)).isEqualTo(52);
            server.workers().switchTo(TestTomcat.settings(model, 5_000).queue(5).build());
            assertThat(advertised(server)).isEqualTo(1_000);
            server.workers().switchTo(TestTomcat.settings(model, 3).queue(5).streams(0).build());
            assertThat(advertised(server)).isEqualTo(8);
        }
    }

    private static long advertised(TestTomcat server) throws IOException {
        try (Http2Connection connection = Http2Connection.open(server.port(), false)) {
            server.until("settings", () -> connection.maxConcurrentStreams() < Integer.MAX_VALUE);
            server.until(
                    "window",
                    () ->
                            connection.connectionWindow()
                                    == Math.min(
                                            65_535L * connection.maxConcurrentStreams(),
                                            Integer.MAX_VALUE));
            return connection.maxConcurrentStreams();
        }
    }

    /** More than the twenty that Tomcat would run at a time. */
    @EachModel
    void allStreamsComeToTheGate(WorkerModel model) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (TestTomcat server = new TestTomcat(TestTomcat.settings(model, 50).queue(30).build())) {
            server.servlet("/hold", (request, response) -> held.await()).start();
            try (Http2Connection connection = Http2Connection.open(server.port(), false)) {
                List<Http2Stream> streams = new ArrayList<>();
                for (int i = 0; i < 80; i++) {
                    streams.add(connection.get("/hold"));
                }
                server.until(
                        "inside", () -> ServerWorkers.of(server.workers()).gate().active() == 50);
                server.until(
                        "in the queue",
                        () -> ServerWorkers.of(server.workers()).gate().waiting() == 30);
                held.countDown();
                for (Http2Stream stream : streams) {
                    assertThat(stream.read().status()).isEqualTo(200);
                }
            }
            server.untilIdle();
        }
    }

    @EachModel
    void aStopSaysSoAndServesWhatIsInside(WorkerModel model) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (TestTomcat server =
                new TestTomcat(
                        TestTomcat.settings(model, 5)
                                .drain(Duration.ofSeconds(60))
                                .drainDelay(Duration.ofSeconds(1))
                                .build())) {
            server.servlet(
                            "/hold",
                            (request, response) -> {
                                held.await();
                                response.getWriter().print("served");
                            })
                    .start();
            try (Http2Connection connection = Http2Connection.open(server.port(), false)) {
                Http2Stream inside = connection.get("/hold");
                server.until(
                        "inside", () -> ServerWorkers.of(server.workers()).gate().active() == 1);
                FutureTask<Void> stop =
                        new FutureTask<>(() -> {
                            server.tomcat().stop();
                            return null;
                        });
                Thread.ofPlatform().daemon().start(stop);
                server.until("told", () -> connection.goneAway().isPresent());
                assertThat(connection.goneAway().orElseThrow().code()).isZero();
                assertThat(inside.over()).isFalse();
                held.countDown();
                assertThat(inside.read().text()).isEqualTo("served");
                stop.get();
                server.until("closed", connection::ended);
            }
        }
    }
}
