package dev.treadle.internal.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.internal.base.WaitFrames.Cause;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.Stream;

/** Real threads of this JDK, and stacks as others and libraries have them. */
final class WaitFramesTest {
    /** A blocking call. */
    @FunctionalInterface
    private interface Wait {
        void run() throws Exception;
    }

    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void end() throws InterruptedException {
        over.countDown();
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
    }

    private Thread start(boolean virtual, Wait wait) {
        Thread thread =
                (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon())
                        .start(() -> {
                            try {
                                wait.run();
                            } catch (Exception ended) {
                                // the end of the test
                            }
                        });
        threads.add(thread);
        return thread;
    }

    private void assertCause(Cause expected, boolean virtual, Wait wait) {
        Thread thread = start(virtual, wait);
        await("a thread in " + expected)
                .until(() -> {
                    List<StackTraceElement> stack = List.of(thread.getStackTrace());
                    return WaitFrames.cause(thread.getState(), stack) == expected;
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sleeps(boolean virtual) {
        assertCause(Cause.SLEEP, virtual, () -> Thread.sleep(60_000));
        assertCause(Cause.SLEEP, virtual, () -> TimeUnit.MINUTES.sleep(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void locks(boolean virtual) throws Exception {
        ReentrantLock lock = new ReentrantLock();
        ReentrantReadWriteLock both = new ReentrantReadWriteLock();
        StampedLock stamped = new StampedLock();
        lock.lock();
        both.writeLock().lock();
        long stamp = stamped.writeLock();
        assertCause(Cause.LOCK, virtual, lock::lockInterruptibly);
        assertCause(Cause.LOCK, virtual, () -> lock.tryLock(1, TimeUnit.MINUTES));
        assertCause(Cause.LOCK, virtual, () -> both.readLock().lockInterruptibly());
        assertCause(Cause.LOCK, virtual, stamped::readLockInterruptibly);
        assertCause(Cause.LOCK, virtual, () -> new Semaphore(0).acquire());
        stamped.unlock(stamp);
        end();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMonitorIsALock(boolean virtual) throws Exception {
        Object monitor = new Object();
        CountDownLatch taken = new CountDownLatch(1);
        start(
                false,
                () -> {
                    synchronized (monitor) {
                        taken.countDown();
                        over.await();
                    }
                });
        taken.await();
        assertCause(
                Cause.LOCK,
                virtual,
                () -> {
                    synchronized (monitor) {
                        over.await();
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void otherThreads(boolean virtual) {
        assertCause(Cause.OTHER, virtual, () -> new CountDownLatch(1).await());
        assertCause(Cause.OTHER, virtual, () -> new CompletableFuture<String>().get());
        assertCause(Cause.OTHER, virtual, () -> new LinkedBlockingQueue<String>().take());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sockets(boolean virtual) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Socket silent = connected(server);
                Socket timed = connected(server);
                SocketChannel channel =
                        SocketChannel.open(
                                new InetSocketAddress(
                                        server.getInetAddress(), server.getLocalPort()));
                Selector selector = Selector.open()) {
            timed.setSoTimeout(60_000);
            assertCause(Cause.SOCKET, virtual, () -> silent.getInputStream().read());
            assertCause(Cause.SOCKET, virtual, () -> timed.getInputStream().read());
            assertCause(Cause.SOCKET, virtual, () -> channel.read(ByteBuffer.allocate(1)));
            assertCause(Cause.SOCKET, virtual, selector::select);
        }
        end();
    }

    private static Socket connected(ServerSocket server) throws IOException {
        return new Socket(server.getInetAddress(), server.getLocalPort());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aThreadThatComputesWaitsForNothing(boolean virtual) {
        assertCause(
                Cause.NONE,
                virtual,
                () -> {
                    while (over.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                });
        over.countDown();
    }

    private static List<StackTraceElement> stack(String... methods) {
        return Stream.of(methods)
                .map(method -> {
                    int dot = method.lastIndexOf('.');
                    return new StackTraceElement(
                            method.substring(0, dot), method.substring(dot + 1), "Some.java", 1);
                })
                .toList();
    }

    private static final String[] PARKED = {
        "java.lang.VirtualThread.park",
        "java.lang.System$1.parkVirtualThread",
        "java.util.concurrent.locks.LockSupport.park"
    };

    private static List<StackTraceElement> parked(String... methods) {
        return Stream.concat(stack(PARKED).stream(), stack(methods).stream()).toList();
    }

    private static Cause cause(List<StackTraceElement> stack) {
        return WaitFrames.cause(Thread.State.WAITING, stack);
    }

    /** JDK 21: a virtual thread that is pinned, and the sleep of a platform thread. */
    @Test
    void framesOfOlderJdks() {
        assertThat(
                        cause(
                                stack(
                                        "jdk.internal.misc.Unsafe.park",
                                        "java.lang.VirtualThread.parkOnCarrierThread",
                                        "java.lang.VirtualThread.park",
                                        "java.lang.System$2.parkVirtualThread",
                                        "jdk.internal.misc.VirtualThreads.park",
                                        "java.util.concurrent.locks.LockSupport.park",
                                        "sun.nio.ch.Poller.pollIndirect",
                                        "sun.nio.ch.NioSocketImpl.park",
                                        "com.example.Dao.read")))
                .isEqualTo(Cause.SOCKET);
        assertThat(cause(stack("java.lang.Thread.sleep0", "java.lang.Thread.sleep", "a.B.c")))
                .isEqualTo(Cause.SLEEP);
    }

    @Test
    void poolsOfConnections() {
        assertPool(
                "com.zaxxer.hikari.pool.HikariPool.getConnection",
                parked(
                        "java.util.concurrent.SynchronousQueue.poll",
                        "com.zaxxer.hikari.util.ConcurrentBag.borrow",
                        "com.zaxxer.hikari.pool.HikariPool.getConnection",
                        "com.zaxxer.hikari.HikariDataSource.getConnection",
                        "com.example.OrderDao.find"));
        assertPool(
                "org.apache.tomcat.jdbc.pool.ConnectionPool.borrowConnection",
                parked(
                        "java.util.concurrent.CountDownLatch.await",
                        "org.apache.tomcat.jdbc.pool.FairBlockingQueue.poll",
                        "org.apache.tomcat.jdbc.pool.ConnectionPool.borrowConnection",
                        "com.example.OrderDao.find"));
        assertPool(
                "org.apache.commons.pool2.impl.GenericObjectPool.borrowObject",
                parked(
                        "java.util.concurrent.locks.ReentrantLock.lock",
                        "org.apache.commons.pool2.impl.LinkedBlockingDeque.pollFirst",
                        "org.apache.commons.pool2.impl.GenericObjectPool.borrowObject",
                        "org.apache.commons.dbcp2.PoolingDataSource.getConnection"));
        assertPool(
                "org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager$1.get",
                stack(
                        "java.lang.Object.wait0",
                        "java.lang.Object.wait",
                        "org.apache.hc.core5.concurrent.BasicFuture.get",
                        "org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager$1.get",
                        "org.apache.hc.client5.http.impl.classic.InternalExecRuntime.acquireEndpoint"));
        assertPool(
                "dev.treadle.Limit.enter",
                parked(
                        "dev.treadle.internal.gate.Limiter.await",
                        "dev.treadle.internal.gate.Limiter.enter",
                        "dev.treadle.Limit.enter",
                        "com.example.Payments.pay"));
    }

    private static void assertPool(String entry, List<StackTraceElement> stack) {
        assertThat(cause(stack)).isEqualTo(Cause.POOL);
        StackTraceElement found = WaitFrames.pool(stack);
        assertThat(found == null ? "" : StackFrames.method(found)).isEqualTo(entry);
    }

    /** A pool that opens a connection on the thread of the request is not waited for. */
    @Test
    void workOfAPoolIsNoWaitForIt() {
        assertThat(
                        cause(
                                parked(
                                        "sun.nio.ch.Poller.poll",
                                        "sun.nio.ch.NioSocketImpl.implRead",
                                        "org.apache.commons.pool2.impl.Factory.make",
                                        "org.apache.commons.pool2.impl.GenericObjectPool.borrowObject")))
                .isEqualTo(Cause.SOCKET);
        assertThat(
                        cause(
                                parked(
                                        "java.util.concurrent.locks.ReentrantLock.lock",
                                        "org.postgresql.Driver.connect",
                                        "org.apache.commons.pool2.impl.GenericObjectPool.borrowObject")))
                .isEqualTo(Cause.LOCK);
        assertThat(
                        WaitFrames.cause(
                                Thread.State.RUNNABLE,
                                stack("com.zaxxer.hikari.pool.HikariPool.getConnection")))
                .isEqualTo(Cause.NONE);
    }

    /** A body is read by way of a container's own waits. */
    @Test
    void aWaitOfTheContainerIsOneForTheClient() {
        assertThat(
                        cause(
                                stack(
                                        "java.lang.Object.wait0",
                                        "java.lang.Object.wait",
                                        "org.apache.coyote.http2.Stream$StandardStreamInputBuffer.doRead",
                                        "com.example.Upload.read")))
                .isEqualTo(Cause.SOCKET);
    }

    /** It has been woken, and its hub is busy: it is no longer held by the thing it waited for. */
    @Test
    void aThreadThatIsWokenIsRunning() {
        assertThat(
                        WaitFrames.cause(
                                Thread.State.RUNNABLE,
                                parked("java.util.concurrent.locks.ReentrantLock.lock")))
                .isEqualTo(Cause.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RUNNABLE", "WAITING", "TERMINATED"})
    void withoutAStackNothingIsKnown(String state) {
        assertThat(WaitFrames.cause(Thread.State.valueOf(state), List.of())).isEqualTo(Cause.NONE);
        assertThat(WaitFrames.pool(List.of())).isNull();
    }
}
