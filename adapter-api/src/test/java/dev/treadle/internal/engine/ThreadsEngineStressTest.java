package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A task comes at the very moment in which the last thread that is not held begins to wait in the
 * queue: it must not be left to the held ones, which may wait for it.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ThreadsEngineStressTest {
    private static final int ENGINES = 20;
    private static final int TASKS = 150;
    private static final int N = 1;
    private static final int RESERVE = 4 + 64;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final AtomicInteger begun = new AtomicInteger();

    @Test
    void noTaskIsLeftToThreadsThatAreHeld() throws Exception {
        for (int i = 0; i < ENGINES; i++) {
            holdOneAfterAnother();
        }
    }

    private void holdOneAfterAnother() throws InterruptedException {
        ThreadsEngine engine = new ThreadsEngine(N, 0);
        CountDownLatch letGo = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(N + RESERVE - 1);
        for (int i = 0; i < N + RESERVE - 1; i++) {
            engine.execute(() -> {
                held.countDown();
                awaitQuietly(letGo);
            });
        }
        held.await();
        begun.set(0);
        for (int i = 1; i <= TASKS; i++) {
            int number = i;
            // at this moment the one before is about to wait, and so to make room for this one
            engine.execute(() -> {
                begun.set(number);
                try {
                    engine.whileWaiting(letGo::await);
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
            });
            for (int spins = 0; begun.get() != number; spins++) {
                if (spins < 2_000) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(1);
                }
            }
        }
        letGo.countDown();
        assertThat(engine.close(LONG, LONG)).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
