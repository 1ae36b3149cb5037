package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sockets that greenlets wait for with their hub. Each case makes sure that the wait is there, and
 * not with the JDK's pollers.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HubSocketsTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final int SENT = 42;
    private static final int PATIENCE_MILLIS = 60_000;

    /** Far above what two sockets buffer. */
    private static final int MUCH = 64 << 20;

    enum Retake {
        ON(Duration.ofMillis(5)),
        OFF(null);

        private final @Nullable Duration limit;

        Retake(@Nullable Duration limit) {
            this.limit = limit;
        }
    }

    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable SocketHubs hubs;

    private SocketHubs hubs(Retake retake) {
        return hubs(retake, true);
    }

    private SocketHubs hubs(Retake retake, boolean canTurn) {
        assumeTrue(Runtime.version().feature() >= 24, "before JDK 24 the JDK polls");
        JdkSockets sockets = JdkSockets.get();
        if (sockets == null) {
            throw new AssertionError(JdkSockets.problem());
        }
        SocketHubs fresh = new SocketHubs(sockets, retake.limit, canTurn);
        hubs = fresh;
        return fresh;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        SocketHubs used = hubs;
        if (used != null) {
            await("no wait is left").until(() -> used.waiting(0) + used.waiting(1) == 0);
            used.close();
            hubs = null;
        }
    }

    /** Two ends of a connection. */
    private record Pair(Socket near, Socket far) {
        void send() throws IOException {
            far.getOutputStream().write(SENT);
        }

        int read() throws IOException {
            return near.getInputStream().read();
        }
    }

    private Pair pair() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            Socket near = new Socket(LOOPBACK, server.getLocalPort());
            Socket far = server.accept();
            open.add(near);
            open.add(far);
            return new Pair(near, far);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReadEndsWithTheAnswerOnTheThreadOfItsLoop(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        Pair pair = pair();
        FutureTask<Thread> read =
                hubs.start(
                        0,
                        () -> {
                            assertThat(pair.read()).isEqualTo(SENT);
                            return JdkHubAccess.currentCarrier();
                        });
        hubs.awaitWaiting(0, 1);
        pair.send();

        assertThat(read.get()).isSameAs(hubs.loop(0).thread());
    }

    @ParameterizedTest
    @EnumSource
    void aSocketIsOfUseAfterATimeout(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        Pair pair = pair();
        pair.near().setSoTimeout(20);
        FutureTask<Integer> read =
                hubs.start(
                        0,
                        () -> {
                            assertThatThrownBy(pair::read)
                                    .isInstanceOf(SocketTimeoutException.class);
                            pair.near().setSoTimeout(PATIENCE_MILLIS);
                            return pair.read();
                        });
        await().until(() -> pair.near().getSoTimeout() == PATIENCE_MILLIS);
        hubs.awaitWaiting(0, 1);
        pair.send();

        assertThat(read.get()).isEqualTo(SENT);
    }

    @ParameterizedTest
    @EnumSource
    void aCloseByAnotherThreadEndsTheRead(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        Pair pair = pair();
        FutureTask<Integer> read = hubs.start(0, pair::read);
        hubs.awaitWaiting(0, 1);
        pair.near().close();

        assertThatThrownBy(read::get).hasCauseInstanceOf(SocketException.class);
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsTheRead(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        Pair pair = pair();
        FutureTask<Integer> read = new FutureTask<>(pair::read);
        Thread greenlet = hubs.thread(0, read);
        greenlet.start();
        hubs.awaitWaiting(0, 1);
        greenlet.interrupt();

        assertThatThrownBy(read::get).hasCauseInstanceOf(SocketException.class);
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfTheOtherSideEndsTheRead(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        Pair pair = pair();
        FutureTask<Integer> read =
                hubs.start(
                        0,
                        () -> {
                            int end = pair.read();
                            pair.near().getOutputStream().write(SENT); // half of it is open
                            return end;
                        });
        hubs.awaitWaiting(0, 1);
        pair.far().shutdownOutput();

        assertThat(read.get()).isEqualTo(-1);
        assertThat(pair.far().getInputStream().read()).isEqualTo(SENT);
    }

    @ParameterizedTest
    @EnumSource
    void aWriteThatBlocksEndsWhenTheOtherSideReads(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        Pair pair = pair();
        FutureTask<Boolean> write =
                hubs.start(
                        0,
                        () -> {
                            pair.near().getOutputStream().write(new byte[MUCH]);
                            pair.near().shutdownOutput();
                            return true;
                        });
        hubs.awaitWaiting(0, 1);
        long got = pair.far().getInputStream().readAllBytes().length;

        assertThat(write.get()).isTrue();
        assertThat(got).isEqualTo(MUCH);
    }

    @ParameterizedTest
    @EnumSource
    void aReadAndAWriteOfOneSocketWaitAtOnce(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        Pair pair = pair();
        FutureTask<Integer> read = hubs.start(0, pair::read);
        FutureTask<Boolean> write =
                hubs.start(
                        1,
                        () -> {
                            pair.near().getOutputStream().write(new byte[MUCH]);
                            return true;
                        });
        hubs.awaitWaiting(0, 1);
        hubs.awaitWaiting(1, 1);
        pair.send();
        assertThat(read.get()).isEqualTo(SENT);
        assertThat(write.isDone()).isFalse();

        pair.far().getInputStream().readNBytes(MUCH);
        assertThat(write.get()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aSocketGoesFromHubToHub(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        Pair pair = pair();
        for (int i = 0; i < 20; i++) {
            int hub = i % 2;
            FutureTask<Integer> read = hubs.start(hub, pair::read);
            hubs.awaitWaiting(hub, 1);
            pair.send();
            assertThat(read.get()).isEqualTo(SENT);
            assertThat(hubs.waiting(1 - hub)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void channelsDatagramsAndPipesWait(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        Pair pair = pair();
        SocketChannel channel = SocketChannel.open();
        open.add(channel);
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            channel.connect(server.getLocalSocketAddress());
            Socket peer = server.accept();
            open.add(peer);
            DatagramSocket datagrams = new DatagramSocket(0, LOOPBACK);
            open.add(datagrams);
            Pipe pipe = Pipe.open();
            open.add(pipe.source());
            open.add(pipe.sink());
            FutureTask<Integer> readChannel =
                    hubs.start(0, () -> channel.read(ByteBuffer.allocate(1)));
            FutureTask<Integer> accept =
                    hubs.start(
                            0,
                            () -> {
                                try (Socket accepted = server.accept()) {
                                    return accepted.getInputStream().read();
                                }
                            });
            FutureTask<Integer> receive =
                    hubs.start(
                            0,
                            () -> {
                                DatagramPacket packet = new DatagramPacket(new byte[1], 1);
                                datagrams.receive(packet);
                                return packet.getLength();
                            });
            FutureTask<Integer> readPipe =
                    hubs.start(0, () -> pipe.source().read(ByteBuffer.allocate(1)));
            FutureTask<Integer> readSocket = hubs.start(0, pair::read);
            hubs.awaitWaitingOrRetake(0, 5);
            peer.getOutputStream().write(SENT);
            try (Socket client = new Socket(LOOPBACK, server.getLocalPort());
                    DatagramSocket sender = new DatagramSocket()) {
                client.getOutputStream().write(SENT);
                sender.send(
                        new DatagramPacket(new byte[] {1}, 1, LOOPBACK, datagrams.getLocalPort()));
                pipe.sink().write(ByteBuffer.wrap(new byte[] {1}));
                pair.send();
                assertThat(accept.get()).isEqualTo(SENT);
            }
            assertThat(readChannel.get()).isEqualTo(1);
            assertThat(receive.get()).isEqualTo(1);
            assertThat(readPipe.get()).isEqualTo(1);
            assertThat(readSocket.get()).isEqualTo(SENT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReadThatHoldsItsCarrierEndsAllTheSame(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        Pair pair = pair();
        FutureTask<Integer> read = hubs.start(0, () -> PinnedRead.of(pair.near()));
        hubs.awaitWaiting(0, 1);
        pair.send();

        assertThat(read.get()).isEqualTo(SENT);
    }

    @Test
    void readsOfAHubThatIsHeldGoOnOnceItIsRetaken() throws Exception {
        SocketHubs hubs = hubs(Retake.ON);
        Pair pair = pair();
        FutureTask<Thread> read =
                hubs.start(
                        0,
                        () -> {
                            assertThat(pair.read()).isEqualTo(SENT);
                            return JdkHubAccess.currentCarrier();
                        });
        hubs.awaitWaiting(0, 1);
        AtomicBoolean letGo = new AtomicBoolean();
        FutureTask<Boolean> hog =
                hubs.start(
                        0,
                        () -> {
                            while (!letGo.get()) {
                                Thread.onSpinWait();
                            }
                            return true;
                        });
        await().until(() -> hubs.retakes() > 0);
        pair.send();

        assertThat(read.get()).isNotSameAs(hubs.loop(0).thread());
        letGo.set(true);
        assertThat(hog.get()).isTrue();
    }

    @Test
    void readsOfAHubThatIsHeldGoOnWhereNoOtherThreadTurnsItsLoop() throws Exception {
        SocketHubs hubs = hubs(Retake.ON, false);
        Pair pair = pair();
        FutureTask<Integer> read = hubs.start(0, pair::read);
        hubs.awaitWaiting(0, 1);
        CountDownLatch holds = new CountDownLatch(1);
        AtomicBoolean letGo = new AtomicBoolean();
        FutureTask<Boolean> hog =
                hubs.start(
                        0,
                        () -> {
                            holds.countDown();
                            while (!letGo.get()) {
                                Thread.onSpinWait();
                            }
                            return true;
                        });
        try {
            holds.await();
            pair.send(); // the watch sees it, and takes the hub away
            assertThat(read.get()).isEqualTo(SENT);
            assertThat(hubs.retakes()).isPositive();

            FutureTask<Integer> meanwhile = hubs.start(0, pair::read);
            pair.send(); // the JDK sees it
            assertThat(meanwhile.get()).isEqualTo(SENT);
        } finally {
            letGo.set(true);
        }
        assertThat(hog.get()).isTrue();
        await("it polls again")
                .until(() -> {
                    FutureTask<Integer> next = hubs.start(0, pair::read);
                    await().until(() -> hubs.waiting(0) == 1 || !hubs.polls(0));
                    boolean polled = hubs.waiting(0) == 1;
                    pair.send();
                    return next.get() == SENT && polled;
                });
    }

    @ParameterizedTest
    @EnumSource
    void aLoopThatIsHeldByAGreenletOfItsHubDoesNotKeepItFromItsSocket(Retake retake)
            throws Exception {
        SocketHubs hubs = hubs(retake);
        Pair pair = pair();
        ReentrantLock lock = new ReentrantLock();
        FutureTask<Integer> read =
                hubs.start(
                        0,
                        () -> {
                            lock.lock();
                            try {
                                return pair.read();
                            } finally {
                                lock.unlock();
                            }
                        });
        hubs.awaitWaiting(0, 1);
        CountDownLatch passed = new CountDownLatch(1);
        hubs.loop(0)
                .post(() -> {
                    lock.lock();
                    try {
                        passed.countDown();
                    } finally {
                        lock.unlock();
                    }
                });
        await().until(lock::hasQueuedThreads);
        await("nothing runs").until(hubs::isWatchIdle);
        pair.send();

        assertThat(read.get()).isEqualTo(SENT);
        passed.await();
    }

    @ParameterizedTest
    @EnumSource
    void aSelectorOfAGreenletEndsItsWait(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        Pipe pipe = Pipe.open();
        open.add(pipe.source());
        open.add(pipe.sink());
        pipe.source().configureBlocking(false);
        try (Selector selector = Selector.open()) {
            pipe.source().register(selector, SelectionKey.OP_READ);
            FutureTask<Integer> select = hubs.start(0, () -> selector.select());
            pipe.sink().write(ByteBuffer.wrap(new byte[] {1}));

            assertThat(select.get()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsGoOnAfterTheEndOfTheirLoopAndOfTheirHub(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        Pair first = pair();
        Pair second = pair();
        FutureTask<Integer> read = hubs.start(0, () -> first.read() + second.read());
        hubs.awaitWaiting(0, 1);
        hubs.endLoop(0);
        assertThat(hubs.waiting(0)).isZero();
        first.send();
        hubs.closeHubs();
        second.send();

        assertThat(read.get()).isEqualTo(2 * SENT);
    }

    @ParameterizedTest
    @EnumSource
    void manyGreenletsAskAndAnswerWhileLoopsAreWokenAndHubsAreHeld(Retake retake) throws Exception {
        SocketHubs hubs = hubs(retake);
        List<FutureTask<Long>> all = new ArrayList<>();
        int rounds = 500;
        for (int i = 0; i < 32; i++) {
            Pair pair = pair();
            int hub = i % 2;
            all.add(hubs.start(hub, () -> talk(pair.near(), true, rounds)));
            all.add(hubs.start(1 - hub, () -> talk(pair.far(), false, rounds)));
        }
        for (FutureTask<Long> each : all) {
            assertThat(each.get()).isEqualTo(rounds);
        }
    }

    /** Sends and receives in turn, and computes or sleeps now and then. */
    private static long talk(Socket socket, boolean begins, int rounds) throws IOException {
        long got = 0;
        for (int i = 0; i < rounds; i++) {
            if (begins) {
                socket.getOutputStream().write(SENT);
            }
            got += socket.getInputStream().read() == SENT ? 1 : 0;
            if (!begins) {
                socket.getOutputStream().write(SENT);
            }
            int dice = ThreadLocalRandom.current().nextInt(1_000);
            if (dice == 0) {
                long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(12);
                while (System.nanoTime() - end < 0) {
                    Thread.onSpinWait();
                }
            } else if (dice < 50) {
                LockSupport.parkNanos(dice * 1_000L);
            }
        }
        return got;
    }

    @Test
    void noReadIsLostThatBeginsWhileItsLoopEnds() throws Exception {
        for (int i = 0; i < 50; i++) {
            SocketHubs hubs = hubs(Retake.OFF);
            List<Pair> pairs = new ArrayList<>();
            List<FutureTask<Integer>> reads = new ArrayList<>();
            for (int j = 0; j < 16; j++) {
                Pair pair = pair();
                pairs.add(pair);
                reads.add(hubs.start(0, pair::read));
            }
            hubs.endLoop(0);
            for (Pair pair : pairs) {
                pair.send();
            }
            for (FutureTask<Integer> read : reads) {
                assertThat(read.get()).isEqualTo(SENT);
            }
            close();
            open.clear();
        }
    }
}
