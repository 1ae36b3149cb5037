package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.loop.EventLoop;
import dev.treadle.loop.LoopCarrier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A loop that ends without {@link LoopCarrier#detach}, as containers' loops may in a stop. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LoopThatEndedTest {
    private final AtomicInteger carriers = new AtomicInteger();
    private final CarrierThreads threads =
            new CarrierThreads(1) {
                @Override
                void carry(Carrier carrier) {
                    carriers.incrementAndGet();
                    super.carry(carrier);
                }
            };
    private final Hub hub = new Hub(0, threads);
    private final CountDownLatch ran = new CountDownLatch(2);

    /**
     * A thread that wakes the loop may be late. Meanwhile the loop woke for an event, went to sleep
     * once more, and ended, and another thread has found out that it ended.
     */
    private final class Ended implements EventLoop {
        private @Nullable LoopCarrier carrier;
        private boolean late = true;

        @Override
        public void wakeUp() {
            LoopCarrier mine = carrier;
            if (late && mine != null) {
                late = false;
                mine.awake();
                assertThat(mine.run()).isTrue();
                hub.execute(ran::countDown);
            }
            throw new RejectedExecutionException("made up by a test: the loop has ended");
        }

        @Override
        public boolean canTurn() {
            return false;
        }

        @Override
        public void turn(boolean wait) {
            throw new IllegalStateException("it said that it cannot");
        }
    }

    @Test
    void ofTwoWhoFindItEndedOneStartsTheNextCarrier() throws Exception {
        Ended loop = new Ended();
        LoopCarrier carrier = hub.attach(loop);
        loop.carrier = carrier;
        assertThat(carrier.run()).isTrue();

        hub.execute(ran::countDown);

        ran.await();
        assertThat(carriers).hasValue(1);
        hub.close();
        await("all carriers end").until(() -> threads.carrying() == 0);
    }

    /** Its thread has come back for an event while another thread wants to wake it. */
    private final class EndedInASlice implements EventLoop {
        private final CountDownLatch inSlice = new CountDownLatch(1);
        private final CountDownLatch letGo = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);
        private @Nullable LoopCarrier carrier;
        private volatile int concurrent;

        /** On the loop's own thread, in a slice. */
        void slice() {
            inSlice.countDown();
            awaitHere(letGo);
            concurrent = carriers.get();
            ran.countDown();
        }

        @Override
        public void wakeUp() {
            LoopCarrier mine = carrier;
            if (mine != null && inSlice.getCount() > 0) {
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            mine.awake();
                            assertThat(mine.run()).isTrue();
                            ended.countDown();
                        });
                awaitHere(inSlice);
            }
            throw new RejectedExecutionException("made up by a test: the loop has ended");
        }

        @Override
        public boolean canTurn() {
            return false;
        }

        @Override
        public void turn(boolean wait) {
            throw new IllegalStateException("it said that it cannot");
        }
    }

    private static void awaitHere(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    @Test
    void itKeepsItsHubUntilItsSliceIsOver() throws Exception {
        EndedInASlice loop = new EndedInASlice();
        LoopCarrier carrier = hub.attach(loop);
        loop.carrier = carrier;
        assertThat(carrier.run()).isTrue();

        hub.execute(loop::slice);
        loop.letGo.countDown();
        loop.ended.await();
        hub.execute(ran::countDown);

        ran.await();
        assertThat(loop.concurrent).isZero();
        hub.attach(loop).detach(); // the hub is free for another loop
        hub.close();
        await("all carriers end").until(() -> threads.carrying() == 0);
    }

    /** The watch took the hub from its thread, and no other thread comes to wake it. */
    @Test
    void theCarrierThatCallsItsThreadForgetsIt() throws Exception {
        assertThat(hub.attach(new Ended()).run()).isTrue();
        Carrier inLoop = Objects.requireNonNull(hub.carrier());

        assertThat(hub.retakeFromLoop(inLoop, () -> {})).isTrue();
        hub.execute(ran::countDown);
        hub.execute(ran::countDown);

        ran.await();
        hub.close();
        await("all carriers end").until(() -> threads.carrying() == 0);
    }

    /** Its thread detaches it while another thread finds out that it has ended. */
    @Test
    void whereBothFindOutNothingIsLost() throws Exception {
        int rounds = 3_000;
        AtomicInteger slices = new AtomicInteger();
        CyclicBarrier both = new CyclicBarrier(2);
        EventLoop ended = new Ended();
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            for (int i = 0; i < rounds; i++) {
                                LoopCarrier carrier = hub.attach(ended);
                                boolean wait = carrier.run();
                                awaitHere(both);
                                for (int spins = i % 200; spins > 0; spins--) {
                                    Thread.onSpinWait();
                                }
                                if (!wait || i % 2 == 0) {
                                    carrier.awake();
                                    boolean unused = carrier.run();
                                }
                                carrier.detach();
                                awaitHere(both);
                            }
                        });
        for (int i = 1; i <= rounds; i++) {
            awaitHere(both);
            hub.execute(slices::incrementAndGet);
            int expected = i;
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofNanos(1))
                    .until(() -> slices.get() == expected);
            awaitHere(both);
        }
        thread.join();
        hub.close();
        await("all carriers end").until(() -> threads.carrying() == 0);
    }

    private static void awaitHere(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException unexpected) {
            throw new AssertionError(unexpected);
        }
    }
}
