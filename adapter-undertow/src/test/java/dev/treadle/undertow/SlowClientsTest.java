package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.RawClient;

import io.undertow.Undertow;

import org.junit.jupiter.api.Test;
import org.xnio.Options;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** Greenlets that wait for their clients hold neither hub nor descriptor, and are always woken. */
class SlowClientsTest {
    private static final int EACH = 50;
    private static final WorkerSettings ONE_HUB =
            WorkerSettings.builder().gevent(2 * EACH + 10).hubs(1).build();
    private static final String HALF_UPLOAD =
            "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n0123456789";

    private final SlowApplication application = new SlowApplication();

    private RunningUndertow start(WorkerSettings settings) {
        // a small buffer, so that an answer soon waits for its reader
        return new RunningUndertow(
                settings,
                application,
                Undertow.builder().setSocketOption(Options.SEND_BUFFER, 16_384));
    }

    private static RawClient slowReader(RunningUndertow server) throws IOException {
        return new RawClient(Ports.of(server.undertow()), 4_096);
    }

    private static long openDescriptors() {
        return ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                .getOpenFileDescriptorCount();
    }

    @Test
    void othersAreServedWhileManyWaitAndDescriptorsDoNotGrow() throws Exception {
        List<RawClient> uploads = new ArrayList<>();
        List<RawClient> readers = new ArrayList<>();
        try (RunningUndertow server = start(ONE_HUB);
                RawClient other = server.connect()) {
            for (int i = 0; i < EACH; i++) {
                uploads.add(server.connect());
                readers.add(slowReader(server));
                assertThat(uploads.get(i).get("/hello").text()).isEqualTo("hello");
                assertThat(readers.get(i).get("/hello").text()).isEqualTo("hello");
            }
            assertThat(other.get("/hello").text()).isEqualTo("hello");
            long before = openDescriptors();
            for (int i = 0; i < EACH; i++) {
                uploads.get(i).send(HALF_UPLOAD);
                readers.get(i).sendGet("/big", "");
            }
            application.untilParked(2 * EACH);
            for (int i = 0; i < 20; i++) {
                assertThat(other.get("/hello").text()).isEqualTo("hello");
            }
            assertThat(openDescriptors()).isLessThanOrEqualTo(before + 4);
            for (int i = 0; i < EACH; i++) {
                assertThat(uploads.get(i).send("0123456789").read().text()).isEqualTo("read 20");
                assertThat(readers.get(i).read().text()).hasSize(SlowApplication.BIG);
            }
            for (int i = 0; i < EACH; i++) {
                assertThat(uploads.get(i).get("/hello").text()).isEqualTo("hello");
                assertThat(readers.get(i).get("/hello").text()).isEqualTo("hello");
            }
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
        } finally {
            closeAll(uploads);
            closeAll(readers);
        }
    }

    private static void closeAll(List<RawClient> clients) throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    @Test
    void clientThatResetsWakesItsReader() throws Exception {
        try (RunningUndertow server = start(ONE_HUB)) {
            RawClient client = server.connect().send(HALF_UPLOAD);
            application.untilParked(1);
            client.reset();
            await().until(() -> application.failure() instanceof IOException);
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
        }
    }

    @Test
    void clientThatClosesWakesItsReader() throws Exception {
        try (RunningUndertow server = start(ONE_HUB)) {
            RawClient client = server.connect().send(HALF_UPLOAD);
            application.untilParked(1);
            client.close();
            await().until(() -> application.failure() instanceof IOException);
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
        }
    }

    @Test
    void clientThatResetsWakesItsWriter() throws Exception {
        try (RunningUndertow server = start(ONE_HUB)) {
            RawClient client = slowReader(server).sendGet("/big", "");
            application.untilParked(1);
            client.reset();
            await().until(() -> application.failure() instanceof IOException);
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
        }
    }

    @Test
    void requestThatRunsTooLongIsInterruptedWhileItReads() throws Exception {
        WorkerSettings settings =
                WorkerSettings.builder().gevent(1).hubs(1).harakiri(Duration.ofMillis(200)).build();
        try (RunningUndertow server = start(settings);
                RawClient client = server.connect().send(HALF_UPLOAD);
                RawClient other = server.connect()) {
            await().until(() -> application.failure() instanceof InterruptedIOException);
            assertThat(application.wasInterrupted()).isTrue();
            // and no more: still interrupted, the thread cannot read the rest of the body, so
            // Undertow disconnects
            assertThat(client.readHead()).isEqualTo(503);
            assertThat(other.get("/hello").text()).isEqualTo("hello");
        }
    }

    @Test
    void drainPastItsGraceInterruptsReaderAndWriter() throws Exception {
        WorkerSettings settings =
                WorkerSettings.builder().gevent(2).hubs(1).drain(Duration.ofMillis(200)).build();
        for (String request :
                List.of(HALF_UPLOAD, "GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            application.forget();
            RunningUndertow server = start(settings);
            RawClient client = slowReader(server).send(request);
            application.untilParked(1);
            server.close();
            assertThat(application.failure()).isInstanceOf(InterruptedIOException.class);
            assertThat(application.wasInterrupted()).isTrue();
            client.close();
        }
    }

    /**
     * How the woken thread ends is a race in Undertow: 2.3.26 closes the stream under it, and it
     * finds an end or no buffer.
     */
    @Test
    void connectionThatTheServerClosesWakesReaderAndWriter() throws Exception {
        for (String request :
                List.of(HALF_UPLOAD, "GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            application.forget();
            try (RunningUndertow server = start(ONE_HUB)) {
                RawClient client = slowReader(server).send(request);
                application.untilParked(1);
                application.closeConnections();
                await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
                client.close();
            }
        }
    }

    /**
     * Undertow's own read timeout still strikes. On a busy machine it may strike before the request
     * has reached the application: then the client tries again.
     */
    @Test
    void readTimeoutWakesTheReader() throws Exception {
        Undertow.Builder builder = Undertow.builder().setSocketOption(Options.READ_TIMEOUT, 200);
        try (RunningUndertow server = new RunningUndertow(ONE_HUB, application, builder)) {
            await().ignoreExceptionsMatching(IOException.class::isInstance)
                    .until(() -> {
                        try (RawClient client = server.connect().send(HALF_UPLOAD)) {
                            assertThat(client.readSome(new byte[1], 1)).isEqualTo(-1);
                        }
                        return application.failure() != null;
                    });
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
        }
    }

    /** And its write timeout. */
    @Test
    void writeTimeoutWakesTheWriter() throws Exception {
        Undertow.Builder builder =
                Undertow.builder()
                        .setSocketOption(Options.WRITE_TIMEOUT, 200)
                        .setSocketOption(Options.SEND_BUFFER, 16_384);
        try (RunningUndertow server = new RunningUndertow(ONE_HUB, application, builder)) {
            RawClient client = slowReader(server).sendGet("/big", "");
            await().until(() -> application.failure() instanceof IOException);
            await().until(() -> ServerWorkers.of(server.workers()).gate().active() == 0);
            client.close();
        }
    }

    @Test
    void timedWaitEnds() throws Exception {
        try (RunningUndertow server = start(ONE_HUB);
                RawClient client =
                        server.connect().send(HALF_UPLOAD.replace("/upload", "/timed"))) {
            await().until(() -> application.failure() instanceof IOException);
            assertThat(application.failure()).hasMessageContaining("no more within 100 ms");
            assertThat(client.send("0123456789").read().status()).isEqualTo(500);
            assertThat(client.get("/hello").text()).isEqualTo("hello");
        }
    }

    /**
     * Every order in which a thread waits, data arrives and the I/O thread looks must end with an
     * answer.
     */
    @Test
    void noWakeUpIsLost() throws Exception {
        int clients = 40;
        int times = 200;
        WorkerSettings settings = WorkerSettings.builder().gevent(clients).build();
        try (RunningUndertow server = start(settings);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> answered = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                answered.add(threads.submit(() -> uploadInTwoPieces(server, times)));
            }
            for (Future<Integer> count : answered) {
                assertThat(count.get()).isEqualTo(times);
            }
            await().until(() ->
                    server.workers().stats().gate().completed() == (long) clients * times);
        }
    }

    private static int uploadInTwoPieces(RunningUndertow server, int times) throws IOException {
        int answered = 0;
        try (RawClient client = server.connect()) {
            for (int i = 0; i < times; i++) {
                client.send(HALF_UPLOAD);
                LockSupport.parkNanos(
                        ThreadLocalRandom.current()
                                .nextInt(300_000)); // to meet the server anywhere
                answered += client.send("0123456789").read().text().equals("read 20") ? 1 : 0;
            }
        }
        return answered;
    }
}
