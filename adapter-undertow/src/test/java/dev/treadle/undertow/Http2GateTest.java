package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.Client;
import dev.treadle.tck.Http2Connection;
import dev.treadle.tck.Http2Stream;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The gate, where requests are streams of one connection. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class Http2GateTest {
    private static final int BODY = 300_000;

    private final CountDownLatch held = new CountDownLatch(1);
    private final Map<String, AtomicInteger> hubs = new ConcurrentHashMap<>();

    private static Undertow.Builder http2() {
        return Undertow.builder().setServerOption(UndertowOptions.ENABLE_HTTP2, true);
    }

    private RunningUndertow server(WorkerSettings settings, Undertow.Builder builder) {
        return new RunningUndertow(settings, new BlockingHandler(this::serve), builder);
    }

    private void serve(HttpServerExchange exchange) throws Exception {
        if (exchange.getRequestPath().equals("/hold")) {
            // the name of the carrier, which a virtual thread prints after its own
            String name = Thread.currentThread().toString();
            hubs.computeIfAbsent(
                            name.substring(name.lastIndexOf('@') + 1), hub -> new AtomicInteger())
                    .incrementAndGet();
            held.await();
            exchange.getResponseSender().send("held");
        } else {
            int read = exchange.getInputStream().readAllBytes().length;
            Thread.sleep(100);
            exchange.getResponseSender().send("read " + read);
        }
    }

    /** Bodies of 40 streams, more than the windows of a few, come in while two are served. */
    @Test
    void bodiesOfStreamsInLineDoNotStopThoseInside() throws Exception {
        WorkerSettings settings = WorkerSettings.builder().virtual(2).queue(100).streams(3).build();
        try (RunningUndertow server = server(settings, http2());
                Http2Connection client = Http2Connection.open(Ports.of(server.undertow()), false)) {
            assertThat(client.maxConcurrentStreams()).isEqualTo(105);
            long start = System.nanoTime();
            List<Http2Stream> streams = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                streams.add(client.post("/upload", BODY));
            }
            byte[] body = new byte[BODY];
            int[] sent = new int[40];
            int open = 40;
            while (open > 0) {
                boolean moved = false;
                for (int i = 0; i < 40; i++) {
                    if (sent[i] < BODY) {
                        int now = streams.get(i).trySendBody(body, sent[i]);
                        sent[i] += now;
                        moved |= now > 0;
                        open -= sent[i] == BODY ? 1 : 0;
                    }
                }
                if (!moved) {
                    Thread.sleep(1); // each stream waits for its window
                }
            }
            for (Http2Stream stream : streams) {
                Client.Answer answer = stream.read();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.text()).isEqualTo("read " + BODY);
            }
            System.out.printf(
                    "40 bodies of 300 kB, two at a time, 100 ms each: %d ms%n",
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
        }
    }

    @Test
    void aLowerLimitOfStreamsIsTheUsers() throws Exception {
        WorkerSettings settings = WorkerSettings.builder().virtual(20).queue(100).build();
        Undertow.Builder builder =
                http2().setServerOption(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 7);
        try (RunningUndertow server = server(settings, builder);
                Http2Connection client = Http2Connection.open(Ports.of(server.undertow()), false)) {
            assertThat(client.maxConcurrentStreams()).isEqualTo(7);
        }
    }

    @Test
    void streamsThatAreResetLeaveTheLine() throws Exception {
        WorkerSettings settings = WorkerSettings.builder().virtual(1).queue(100).build();
        try (RunningUndertow server = server(settings, http2());
                Http2Connection client = Http2Connection.open(Ports.of(server.undertow()), false)) {
            Http2Stream inside = client.get("/hold");
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 1);
            List<Http2Stream> inLine = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                inLine.add(client.get("/hold"));
            }
            await().until(() -> ServerWorkers.of(server.workers()).gate().waiting() == 50);
            long start = System.nanoTime();
            for (Http2Stream stream : inLine) {
                stream.reset(Http2Stream.CANCEL);
            }
            await().pollInterval(Duration.ofMillis(2))
                    .until(() -> ServerWorkers.of(server.workers()).gate().waiting() == 0);
            System.out.printf(
                    "50 streams that were reset had left the queue after %d ms%n",
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            held.countDown();
            assertThat(inside.read().text()).isEqualTo("held");
            assertThat(client.get("/").read().text()).isEqualTo("read 0");
        }
    }

    @Test
    void streamsOfOneConnectionAreSpreadOverTheHubs() throws Exception {
        WorkerSettings settings = WorkerSettings.builder().gevent(400).hubs(4).build();
        try (RunningUndertow server = server(settings, http2());
                Http2Connection client = Http2Connection.open(Ports.of(server.undertow()), false)) {
            List<Http2Stream> streams = new ArrayList<>();
            for (int i = 0; i < 320; i++) {
                streams.add(client.get("/hold"));
            }
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 320);
            held.countDown();
            for (Http2Stream stream : streams) {
                assertThat(stream.read().text()).isEqualTo("held");
            }
            assertThat(hubs).hasSize(4);
            assertThat(hubs.values()).allSatisfy(count -> assertThat(count).hasValue(80));
        }
    }

    @Test
    void aStopSaysSoAndServesTheRequestsInside() throws Exception {
        WorkerSettings settings =
                WorkerSettings.builder()
                        .virtual(4)
                        .drainDelay(Duration.ofSeconds(20))
                        .drain(Duration.ofSeconds(20))
                        .build();
        try (RunningUndertow server = server(settings, http2());
                Http2Connection client = Http2Connection.open(Ports.of(server.undertow()), false);
                Http2Connection idle = Http2Connection.open(Ports.of(server.undertow()), false)) {
            assertThat(idle.get("/").read().status()).isEqualTo(200);
            Http2Stream inside = client.get("/hold");
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 1);
            Thread stop =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    server.workers().prepareStop();
                                } catch (InterruptedException early) {
                                    Thread.currentThread().interrupt();
                                }
                            });
            await().until(() -> client.goneAway().isPresent());
            await().until(() -> idle.goneAway().isPresent());
            assertThat(client.goneAway().orElseThrow().code()).isZero();
            assertThat(client.ended()).isFalse();
            held.countDown();
            assertThat(inside.read().text()).isEqualTo("held");
            stop.interrupt();
            stop.join();
        }
    }
}
