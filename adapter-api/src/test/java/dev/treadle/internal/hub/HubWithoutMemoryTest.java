package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.treadle.internal.base.HubUse;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * A hub whose heap is full for a moment. The error is made by the slice that is to be kept in a
 * map, so it comes at the same place each time.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HubWithoutMemoryTest {
    private final CarrierThreads threads = new CarrierThreads(1);
    private final Hub hub = new Hub(0, threads);
    private final Queue<Throwable> reported = new ConcurrentLinkedQueue<>();
    private final Thread.UncaughtExceptionHandler before =
            Thread.getDefaultUncaughtExceptionHandler();

    @BeforeEach
    void listen() {
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> reported.add(thrown));
    }

    @AfterEach
    void close() {
        Thread.setDefaultUncaughtExceptionHandler(before);
        hub.close();
        await("all carriers end")
                .dontCatchUncaughtExceptions()
                .until(() -> threads.carrying() == 0);
    }

    /** The first slice of a task that goes on, for which there is no memory in the map. */
    private static final class Unkept implements Runnable {
        private final HubUse use = new HubUse(0, true);
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch letGo = new CountDownLatch(1);
        private volatile boolean full;

        @Override
        public void run() {
            Hub.begins(use);
            full = true;
            begun.countDown();
            try {
                letGo.await();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            if (full) {
                throw new OutOfMemoryError("made up by a test");
            }
            return 1;
        }
    }

    private Thread carrier() throws Exception {
        FutureTask<Thread> asking = new FutureTask<>(JdkHubAccess::currentCarrier);
        hub.execute(asking);
        return asking.get();
    }

    @Test
    void aTaskThatCannotBeKeptDoesNotEndTheCarrier() throws Exception {
        Thread carrier = carrier();
        Unkept slice = new Unkept();
        slice.letGo.countDown();

        hub.execute(slice);

        assertThat(carrier()).isSameAs(carrier);
        assertThat(reported).hasOnlyElementsOfType(OutOfMemoryError.class).hasSize(1);
        // its next slice will not be counted, so it must not seem to have had none
        assertThat(slice.use.restsSince(1)).isFalse();
    }

    @Test
    void norDoesItLeaveARetakenHubWithoutOne() throws Exception {
        Unkept slice = new Unkept();
        hub.execute(slice);
        slice.begun.await();
        Carrier held = Objects.requireNonNull(hub.carrier());

        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> hub.retake(held, () -> {}));

        assertThat(carrier()).isNotSameAs(held.thread());
        assertThat(slice.use.restsSince(1)).isFalse();
        slice.letGo.countDown();
        await("the held carrier ends")
                .dontCatchUncaughtExceptions()
                .until(() -> threads.carrying() == 1);
        assertThat(held.slice()).isNull();
        assertThat(slice.use.restsSince(1)).isFalse();
    }

    @Test
    void norDoesAQuestionOfTheWatch() throws Exception {
        Thread carrier = carrier();

        hub.ask(() -> {
            throw new OutOfMemoryError("made up by a test");
        });

        // it looks when it begins to run slices, and may be in the middle of that now
        await().dontCatchUncaughtExceptions()
                .until(() -> carrier().equals(carrier) && reported.size() == 1);
    }

    @Test
    void norDoesAnyOtherError() throws Exception {
        Thread carrier = carrier();

        hub.ask(() -> {
            throw new InternalError("made up by a test: one that nothing expects");
        });

        await().dontCatchUncaughtExceptions()
                .until(() -> carrier().equals(carrier) && reported.size() == 1);
    }
}
