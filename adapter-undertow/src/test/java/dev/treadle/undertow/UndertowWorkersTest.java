package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.Client;
import dev.treadle.tck.RawClient;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.Headers;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Behaviour special to Undertow: descriptors and buffers per thread, handlers without servlets, a
 * queue without threads.
 */
class UndertowWorkersTest {
    private static final WorkerSettings GEVENT = WorkerSettings.gevent(100);

    @Test
    void plainHandlerRunsOnAGreenlet() throws Exception {
        HttpHandler root =
                exchange ->
                        exchange.getResponseSender()
                                .send(
                                        Thread.currentThread()
                                                + " in I/O thread: "
                                                + exchange.isInIoThread());
        try (RunningUndertow server = new RunningUndertow(GEVENT, root);
                RawClient client = server.connect()) {
            assertThat(client.get("/").text())
                    .contains("VirtualThread[")
                    .contains("treadle-gevent-")
                    .endsWith("in I/O thread: false");
        }
    }

    @Test
    void descriptorsDoNotGrowWithSlowUploads() throws Exception {
        AtomicLong read = new AtomicLong();
        HttpHandler root =
                new BlockingHandler(exchange -> {
                    for (int b = exchange.getInputStream().read();
                            b >= 0;
                            b = exchange.getInputStream().read()) {
                        read.incrementAndGet();
                    }
                });
        try (RunningUndertow server = new RunningUndertow(GEVENT, root);
                RawClient client = server.connect()) {
            uploadSlowly(client, read, 10);
            long before = openDescriptors();
            uploadSlowly(client, read, 200);
            assertThat(openDescriptors()).isLessThanOrEqualTo(before + 4);
        }
    }

    /** Each upload blocks its greenlet once, in the middle of the body. */
    private static void uploadSlowly(RawClient client, AtomicLong read, int times)
            throws IOException {
        for (int i = 0; i < times; i++) {
            long half = read.get() + 5;
            client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345");
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> read.get() == half);
            assertThat(client.send("67890").read().status()).isEqualTo(200);
        }
    }

    private static long openDescriptors() {
        return ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                .getOpenFileDescriptorCount();
    }

    @Test
    void directBuffersDoNotGrowWithGreenlets() throws Exception {
        byte[] body = new byte[50_000];
        HttpHandler root =
                new BlockingHandler(exchange -> {
                    OutputStream out = exchange.getOutputStream();
                    out.write(body);
                });
        try (RunningUndertow server = new RunningUndertow(GEVENT, root);
                RawClient client = server.connect()) {
            get(client, 100);
            long before = directMemory();
            get(client, 2_000);
            assertThat(directMemory() - before).isLessThan(2_000_000);
        }
    }

    private static void get(RawClient client, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            assertThat(client.get("/").text()).hasSize(50_000);
        }
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void requestsInLineHoldNoGreenlet() throws Exception {
        Held held = new Held();
        WorkerSettings settings = WorkerSettings.builder().gevent(1).queue(100).build();
        try (RunningUndertow server = new RunningUndertow(settings, held)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 101; i++) {
                clients.add(server.connect().sendGet("/", ""));
            }
            await().until(() ->
                    ServerWorkers.of(server.workers()).gate().waiting() == 100
                            && held.inside.get() == 1);
            assertThat(server.workers().stats().engine().threads()).isEqualTo(1);
            held.latch.countDown();
            for (RawClient client : clients) {
                assertThat(client.read().status()).isEqualTo(200);
                client.close();
            }
            assertThat(held.mostInside.get()).isEqualTo(1);
        }
    }

    /**
     * Places are granted on one thread while the next requests arrive on another: none may be lost
     * between the two.
     */
    @Test
    void noRequestIsLostBetweenArrivalAndAdmission() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger mostInside = new AtomicInteger();
        HttpHandler root =
                exchange -> {
                    mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    LockSupport.parkNanos(1_000);
                    inside.decrementAndGet();
                };
        WorkerSettings settings = WorkerSettings.builder().gevent(2).queue(100).build();
        try (RunningUndertow server = new RunningUndertow(settings, root);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> served = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                served.add(clients.submit(() -> getUntilDone(server, 200)));
            }
            for (Future<Integer> count : served) {
                assertThat(count.get()).isEqualTo(200);
            }
            assertThat(mostInside.get()).isLessThanOrEqualTo(2);
            await().until(() -> server.workers().stats().gate().completed() == 40 * 200);
        }
    }

    private static int getUntilDone(RunningUndertow server, int times) throws IOException {
        int served = 0;
        try (RawClient client = server.connect()) {
            for (int i = 0; i < times; i++) {
                served += client.get("/").status() == 200 ? 1 : 0;
            }
        }
        return served;
    }

    private static final class Held implements HttpHandler {
        private final CountDownLatch latch = new CountDownLatch(1);
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger mostInside = new AtomicInteger();

        @Override
        public void handleRequest(HttpServerExchange exchange) throws InterruptedException {
            mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
            latch.await();
            inside.decrementAndGet();
        }
    }

    @Test
    void requestThatGoesOnAfterItsAnswerKeepsItsPlace() throws Exception {
        Held held = new Held();
        HttpHandler root =
                exchange -> {
                    exchange.endExchange();
                    held.handleRequest(exchange);
                };
        try (RunningUndertow server = new RunningUndertow(WorkerSettings.gevent(1), root);
                RawClient first = server.connect();
                RawClient second = server.connect()) {
            assertThat(first.get("/").status()).isEqualTo(200);
            await().until(() -> held.inside.get() == 1);
            second.sendGet("/", "");
            await().until(() -> ServerWorkers.of(server.workers()).gate().waiting() == 1);
            held.latch.countDown();
            assertThat(second.read().status()).isEqualTo(200);
            assertThat(first.get("/").status()).isEqualTo(200);
            assertThat(held.mostInside.get()).isEqualTo(1);
        }
    }

    @Test
    void withoutALineOneClientAfterAnotherIsServed() throws Exception {
        WorkerSettings settings = WorkerSettings.builder().gevent(1).queue(0).build();
        try (RunningUndertow server =
                        new RunningUndertow(settings, exchange -> exchange.setStatusCode(204));
                RawClient client = server.connect()) {
            for (int i = 0; i < 500; i++) {
                assertThat(client.get("/").status()).isEqualTo(204);
            }
        }
    }

    @Test
    void requestThatRunsTooLongGets503() throws Exception {
        Held held = new Held();
        WorkerSettings settings =
                WorkerSettings.builder().gevent(1).harakiri(Duration.ofMillis(100)).build();
        try (RunningUndertow server = new RunningUndertow(settings, held);
                RawClient client = server.connect()) {
            Client.Answer answer = client.get("/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isEqualTo("1");
            held.latch.countDown();
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void refusedUploadsAreReadToTheirEndAndTheConnectionStaysUsable() throws Exception {
        Held held = new Held();
        WorkerSettings settings = WorkerSettings.builder().gevent(1).queue(0).build();
        try (RunningUndertow server = new RunningUndertow(settings, held);
                RawClient inside = server.connect().sendGet("/", "");
                RawClient client = server.connect()) {
            await().until(() -> held.inside.get() == 1);
            client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345");
            Client.Answer refused = client.read();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("connection")).isEqualTo("keep-alive");
            client.send("67890");
            assertThat(client.get("/").status()).isEqualTo(503);
            held.latch.countDown();
            assertThat(inside.read().status()).isEqualTo(200);
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void refusedClientThatAskedWhetherToSendItsBodyIsDisconnected() throws Exception {
        Held held = new Held();
        WorkerSettings settings = WorkerSettings.builder().gevent(1).queue(0).build();
        try (RunningUndertow server = new RunningUndertow(settings, held);
                RawClient inside = server.connect().sendGet("/", "");
                RawClient client = server.connect()) {
            await().until(() -> held.inside.get() == 1);
            client.send(
                    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
            Client.Answer refused = client.read();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("connection")).isEqualTo("close");
            assertThat(client.readSome(new byte[1], 1)).isEqualTo(-1);
            held.latch.countDown();
            assertThat(inside.read().status()).isEqualTo(200);
        }
    }

    @Test
    void http2StreamsPassTheGateAndRunOnGreenlets() throws Exception {
        HttpHandler root =
                exchange -> exchange.getResponseSender().send(Thread.currentThread().getName());
        WorkerSettings settings = WorkerSettings.builder().gevent(2).queue(100).build();
        Undertow.Builder builder =
                Undertow.builder().setServerOption(UndertowOptions.ENABLE_HTTP2, true);
        try (RunningUndertow server = new RunningUndertow(settings, root, builder);
                HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + Ports.of(server.undertow()) + "/");
            client.send(
                    HttpRequest.newBuilder(uri).build(),
                    HttpResponse.BodyHandlers.ofString()); // upgrades
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(
                        client.sendAsync(
                                HttpRequest.newBuilder(uri).build(),
                                HttpResponse.BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.get().statusCode()).isEqualTo(200);
                assertThat(answer.get().body()).startsWith("treadle-gevent-");
            }
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
            assertThat(server.workers().stats().gate().completed()).isEqualTo(51);
        }
    }

    /** The thread of a dispatch is interrupted, and no other thread answers while it runs. */
    @Test
    void dispatchesOfAHandlerThatRunTooLongAreInterrupted() throws Exception {
        AtomicInteger interrupted = new AtomicInteger();
        HttpHandler last =
                exchange -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException late) {
                        interrupted.incrementAndGet();
                        throw late;
                    }
                };
        HttpHandler root = exchange -> exchange.dispatch(second -> second.dispatch(last));
        WorkerSettings settings =
                WorkerSettings.builder().gevent(1).harakiri(Duration.ofMillis(100)).build();
        try (RunningUndertow server = new RunningUndertow(settings, root);
                RawClient client = server.connect()) {
            assertThat(client.get("/").status()).isEqualTo(503);
            assertThat(interrupted).hasValue(1);
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
        }
    }

    @Test
    void dispatchesOfAHandlerRunOnGreenlets() throws Exception {
        HttpHandler second =
                exchange ->
                        exchange.getResponseSender()
                                .send(
                                        exchange.getRequestHeaders().getFirst(Headers.HOST)
                                                + " on "
                                                + Thread.currentThread().getName());
        HttpHandler root = exchange -> exchange.dispatch(second);
        try (RunningUndertow server = new RunningUndertow(WorkerSettings.gevent(1), root);
                RawClient client = server.connect()) {
            assertThat(client.get("/").text()).startsWith("localhost on treadle-gevent-");
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void keptAliveConnectionsAreClosedWithTheWorkers() throws Exception {
        RawClient client;
        try (RunningUndertow server =
                new RunningUndertow(GEVENT, exchange -> exchange.setStatusCode(204))) {
            client = server.connect();
            assertThat(client.get("/").status()).isEqualTo(204);
            server.undertow().stop();
            assertThat(client.get("/").status())
                    .as("a stop alone leaves kept-alive connections")
                    .isEqualTo(204);
        }
        try (client) {
            assertThat(client.readSome(new byte[1], 1)).isEqualTo(-1);
        }
    }
}
