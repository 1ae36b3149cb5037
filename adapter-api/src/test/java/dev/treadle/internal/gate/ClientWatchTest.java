package dev.treadle.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.GateListener;
import dev.treadle.gate.Permit;
import dev.treadle.gate.SocketPair;
import dev.treadle.internal.engine.VirtualEngine;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ClientWatchTest {
    private final RequestGate gate =
            new RequestGate(1, 10, Duration.ofMinutes(5), new VirtualEngine()).start();

    @AfterEach
    void closeGate() {
        gate.close();
    }

    /** A stream that can be reset. */
    private static final class Stream implements ClientSocket {
        private volatile boolean reset;

        @Override
        public @Nullable SocketPair pair() {
            return null;
        }

        @Override
        public boolean isGone() {
            return reset;
        }
    }

    @Test
    void aStreamThatIsResetLeavesTheLine() throws Exception {
        Permit inside = Requests.enter(gate, "GET", "/inside");
        Stream stream = new Stream();
        FutureTask<Permit> waiting =
                new FutureTask<>(() -> Requests.enter(gate, "GET", "/line", stream));
        Thread.ofVirtual().start(waiting);
        await().until(() -> gate.waiting() == 1);

        stream.reset = true;

        await().until(() -> gate.waiting() == 0);
        await().until(waiting::isDone);
        assertThat(waiting.exceptionNow()).isInstanceOf(Requests.TurnedAwayException.class);
        assertThat(gate.counts().all().refused().clientsGone()).isEqualTo(1);
        inside.release();
    }

    @Test
    void anIdleRequestWhoseStreamIsResetIsAbandoned() throws Exception {
        Stream stream = new Stream();
        Permit permit = Requests.enter(gate, "GET", "/async", stream);
        AtomicInteger ends = new AtomicInteger();
        permit.endedBy(() -> {
            ends.incrementAndGet();
            permit.release();
        });
        permit.goesAsync();
        assertThat(gate.active()).isEqualTo(1);

        stream.reset = true;

        await().until(() -> gate.active() == 0);
        assertThat(ends).hasValue(1);
        assertThat(gate.idle()).isZero();
    }

    @Test
    void aRequestThatAThreadRunsForIsLeftAlone() throws Exception {
        Stream stream = new Stream();
        stream.reset = true;
        Permit permit = Requests.enter(gate, "GET", "/async", stream);
        CountDownLatch abandoned = new CountDownLatch(1);
        permit.endedBy(abandoned::countDown);
        permit.enterThread();
        permit.goesAsync();
        // a second one shows that the watch has looked
        Stream other = new Stream();
        other.reset = true;
        RequestGate.Place place = gate.enter("GET", "/line", other, new Ignoring());
        assertThat(place).isNotNull();
        await().until(() -> gate.waiting() == 0);
        assertThat(abandoned.getCount()).isEqualTo(1);
        permit.leaveThread();
        abandoned.await();
        permit.release();
    }

    private static final class Ignoring implements GateListener {
        @Override
        public void admitted(Permit permit) {
            permit.release();
        }

        @Override
        public void answered(GateAnswer answer) {
            // as expected
        }
    }

    @Test
    void anIdleRequestWhoseConnectionIsClosedIsAbandoned() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 1, loopback)) {
            try (Socket client = new Socket(loopback, server.getLocalPort())) {
                Permit permit =
                        Requests.enter(
                                gate,
                                "GET",
                                "/async",
                                () ->
                                        new SocketPair(
                                                server.getLocalPort(),
                                                loopback,
                                                client.getLocalPort()));
                permit.endedBy(permit::release);
                permit.goesAsync();
                assertThat(gate.active()).isEqualTo(1);
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> gate.active() == 0);
        }
    }

    /** A client may be gone before the first look: the table has never shown its connection. */
    @Test
    void anIdleRequestWhoseConnectionWasResetBeforeIsAbandoned() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 1, loopback)) {
            SocketPair gone = new SocketPair(server.getLocalPort(), loopback, 1);
            Permit permit = Requests.enter(gate, "GET", "/async", () -> gone);
            permit.endedBy(permit::release);
            permit.goesAsync();

            await().atMost(Duration.ofSeconds(30)).until(() -> gate.active() == 0);
        }
    }
}
