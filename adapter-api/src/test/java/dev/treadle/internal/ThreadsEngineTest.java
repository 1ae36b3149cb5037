package dev.treadle.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;

final class ThreadsEngineTest extends EngineContract {
    private static final int WAITERS = 50;

    ThreadsEngineTest() {
        super("treadle-thread-\\d+");
    }

    @Override
    Engine newEngine() {
        return new ThreadsEngine(2);
    }

    @Test
    void tasksRunOnPlatformDaemonThreads() throws Exception {
        Thread thread = on(engine(), Thread::currentThread);

        assertThat(thread.isVirtual()).isFalse();
        assertThat(thread.isDaemon()).isTrue();
    }

    @Test
    void aTaskThatWaitsTakesNoThreadFromTheOthers() throws Exception {
        Engine engine = new ThreadsEngine(1);
        CountDownLatch letGo = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(WAITERS);
        for (int i = 0; i < WAITERS; i++) {
            engine.execute(() -> {
                try {
                    engine.whileWaiting(letGo::await);
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
                ended.countDown();
            });
        }
        await().until(() -> engine.activeTasks() == WAITERS);

        assertThat(on(engine, () -> 42)).isEqualTo(42);
        assertThat(engine.liveThreads()).isLessThanOrEqualTo(WAITERS + 5);
        letGo.countDown();
        ended.await();
        assertThat(engine.close(LONG, LONG)).isEmpty();
    }

    @Test
    void threadsThatDoNotWaitAreNAndASmallReserve() throws Exception {
        Engine engine = new ThreadsEngine(3);
        CountDownLatch letGo = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(WAITERS);
        for (int i = 0; i < WAITERS; i++) {
            engine.execute(() -> {
                try {
                    letGo.await();
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
                ended.countDown();
            });
        }

        assertThat(engine.liveThreads()).isEqualTo(3 + 4);
        letGo.countDown();
        ended.await();
        assertThat(engine.close(LONG, LONG)).isEmpty();
    }
}
