package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.LogRecords;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;

final class ThreadsEngineTest extends EngineContract {
    private static final int WAITERS = 50;

    ThreadsEngineTest() {
        super("treadle-thread-\\d+");
    }

    @Override
    Engine newEngine() {
        return new ThreadsEngine(2, 0);
    }

    @Test
    void tasksRunOnPlatformDaemonThreads() throws Exception {
        Thread thread = on(engine(), Thread::currentThread);

        assertThat(thread.isVirtual()).isFalse();
        assertThat(thread.isDaemon()).isTrue();
    }

    @Test
    void aTaskThatWaitsTakesNoThreadFromTheOthers() throws Exception {
        Engine engine = new ThreadsEngine(1, 0);
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
    void aTaskGetsAThreadWhateverTheOthersHold() throws Exception {
        Engine engine = new ThreadsEngine(2, 16);
        CountDownLatch letGo = new CountDownLatch(1);
        int held = 2 + 4 + 16 + 64 - 1;
        CountDownLatch ended = hold(engine, held, letGo);

        assertThat(engine.liveThreads()).isEqualTo(held);
        assertThat(on(engine, () -> 42)).isEqualTo(42);
        letGo.countDown();
        ended.await();
        assertThat(engine.close(LONG, LONG)).isEmpty();
    }

    @Test
    void threadsOfTasksThatDoNotWaitHaveABoundAndTheQueueIsTold() throws Exception {
        Engine engine = new ThreadsEngine(3, 16);
        CountDownLatch letGo = new CountDownLatch(1);
        int most = 3 + 4 + 16 + 64;
        try (LogRecords log = new LogRecords()) {
            CountDownLatch ended = hold(engine, most + 10, letGo);

            assertThat(engine.liveThreads()).isEqualTo(most);
            assertThat(log.warnings()).isEmpty();
            await().until(() -> {
                engine.execute(() -> {});
                return !log.warnings().isEmpty();
            });
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains(" tasks wait because " + most + " threads run others");
            letGo.countDown();
            ended.await();
        }
        assertThat(engine.close(LONG, LONG)).isEmpty();
    }

    @Test
    void manyShortTasksOneAfterTheOtherNeedNoMoreThanTheBase() throws Exception {
        Engine engine = new ThreadsEngine(2, 16);
        for (int i = 0; i < 200; i++) {
            assertThat(on(engine, () -> 42)).isEqualTo(42);
        }

        assertThat(engine.liveThreads()).isLessThanOrEqualTo(2 + 4);
        assertThat(engine.close(LONG, LONG)).isEmpty();
    }

    private static CountDownLatch hold(Engine engine, int tasks, CountDownLatch letGo) {
        CountDownLatch ended = new CountDownLatch(tasks);
        for (int i = 0; i < tasks; i++) {
            engine.execute(() -> {
                try {
                    letGo.await();
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
                ended.countDown();
            });
        }
        return ended;
    }
}
