package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.loop.EventLoop;
import dev.treadle.loop.LoopCarrier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.CountDownLatch;
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
}
