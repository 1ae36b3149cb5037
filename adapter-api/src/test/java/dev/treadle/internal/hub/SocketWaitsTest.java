package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Waits whose events meet a full heap: the kernel tells of each event once. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SocketWaitsTest {
    /** Has no memory for a number of questions. */
    private static final class FullMap extends ConcurrentHashMap<Integer, SocketWaits.Wait> {
        private static final long serialVersionUID = 1;
        private final AtomicInteger full = new AtomicInteger();

        @Override
        public SocketWaits.@Nullable Wait get(Object key) {
            if (full.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new OutOfMemoryError("made up by a test");
            }
            return super.get(key);
        }
    }

    private static int descriptor(SelectableChannel channel) throws Exception {
        return (int) Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal").invoke(channel);
    }

    /** Waits for a byte; it looks for one only when it is woken. */
    private static void read(
            Pipe.SourceChannel source, SocketWaits waits, Map<Integer, SocketWaits.Wait> all) {
        try {
            int socket = descriptor(source);
            assertThat(waits.register(socket)).isTrue();
            while (source.read(ByteBuffer.allocate(1)) == 0) {
                LockSupport.park();
            }
            assertThat(SocketWaits.deregister(all, socket)).isTrue();
        } catch (Exception unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    @Test
    void anEventThatMeetsAFullHeapComesAgain() throws Exception {
        assumeTrue(Runtime.version().feature() >= 24, "before JDK 24 the JDK polls");
        FullMap all = new FullMap();
        SocketWaits waits = new SocketWaits(new Epoll(), Epoll.IN, all);
        Pipe[] pipes = {Pipe.open(), Pipe.open(), Pipe.open()};
        List<Thread> readers = new ArrayList<>();
        for (Pipe pipe : pipes) {
            pipe.source().configureBlocking(false);
            readers.add(Thread.ofVirtual().start(() -> read(pipe.source(), waits, all)));
        }
        await("all wait")
                .until(() ->
                        readers.stream()
                                .allMatch(reader -> reader.getState() == Thread.State.WAITING));
        assertThat(waits.waiting()).isEqualTo(pipes.length);
        for (Pipe pipe : pipes) {
            assertThat(pipe.sink().write(ByteBuffer.allocate(1))).isEqualTo(1);
        }
        all.full.set(1);

        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(waits::look);
        waits.look();

        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(waits.waiting()).isZero();
        waits.close();
        for (Pipe pipe : pipes) {
            pipe.source().close();
            pipe.sink().close();
        }
    }
}
