package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The contract of every engine. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class EngineContract {
    static final Duration LONG = Duration.ofMinutes(5);
    static final Duration SHORT = Duration.ofMillis(50);

    private final String threadName;
    private final CountDownLatch letGo = new CountDownLatch(1);
    private @Nullable Engine opened;

    /**
     * @param threadName the regular expression of the names of its threads
     */
    EngineContract(String threadName) {
        this.threadName = threadName;
    }

    /** Makes an engine, small where that means anything: n=2, or two hubs. */
    abstract Engine newEngine();

    @BeforeEach
    final void open() {
        opened = newEngine();
    }

    @AfterEach
    final void close() throws InterruptedException {
        letGo.countDown();
        engine().close(Duration.ZERO, LONG);
    }

    final Engine engine() {
        Engine engine = opened;
        if (engine == null) {
            throw new IllegalStateException("no engine");
        }
        return engine;
    }

    /** Runs {@code call} on a thread of the engine and returns its result. */
    static <T> T on(Engine engine, Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        engine.execute(task);
        return task.get();
    }

    private void ignoreInterrupts() {
        while (true) {
            try {
                letGo.await();
                return;
            } catch (InterruptedException ignored) {
                // what it is for
            }
        }
    }

    @Test
    void runsTasks() throws Exception {
        assertThat(on(engine(), () -> 42)).isEqualTo(42);
        await().until(() -> engine().activeTasks() == 0);
    }

    @Test
    void takesEveryTaskWhileOpen() throws Exception {
        CountDownLatch ran = new CountDownLatch(10_000);
        for (int i = 0; i < 10_000; i++) {
            engine().execute(ran::countDown);
        }
        ran.await();
    }

    @Test
    void countsTheTasksThatRun() throws Exception {
        engine().execute(this::ignoreInterrupts);
        engine().execute(this::ignoreInterrupts);

        await().until(() -> engine().activeTasks() == 2);
        assertThat(engine().liveThreads()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void rejectsAfterTheClose() throws Exception {
        assertThat(engine().close(LONG, LONG)).isEmpty();

        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> engine().execute(() -> {}))
                .withMessageStartingWith("Treadle's workers are closed; task ")
                .withMessageEndingWith(" was not started");
        assertThat(engine().activeTasks()).isZero();
    }

    @Test
    void closingTwiceIsHarmless() throws Exception {
        assertThat(engine().close(Duration.ZERO, SHORT)).isEmpty();
        assertThat(engine().close(Duration.ZERO, SHORT)).isEmpty();
    }

    @Test
    void aTaskMayEndWithinTheGrace() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger interrupts = new AtomicInteger();
        engine().execute(() -> {
            begun.countDown();
            try {
                letGo.await();
            } catch (InterruptedException unexpected) {
                interrupts.incrementAndGet();
            }
        });
        begun.await();
        FutureTask<List<String>> closing = new FutureTask<>(() -> engine().close(LONG, LONG));
        Thread closer = Thread.ofVirtual().start(closing);
        await().until(() -> closer.getState() == Thread.State.TIMED_WAITING);

        letGo.countDown();

        assertThat(closing.get()).isEmpty();
        assertThat(interrupts.get()).isZero();
    }

    @Test
    void closeInterruptsWhatStillRuns() throws Exception {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            engine().execute(() -> {
                begun.countDown();
                try {
                    letGo.await();
                } catch (InterruptedException expected) {
                    interrupted.countDown();
                }
            });
        }
        begun.await();

        assertThat(engine().close(Duration.ZERO, LONG)).isEmpty();

        assertThat(interrupted.getCount()).isZero();
    }

    @Test
    void closeNamesWhatIgnoresItsInterrupt() throws Exception {
        engine().execute(this::ignoreInterrupts);
        await().until(() -> engine().activeTasks() == 1);

        assertThat(engine().close(Duration.ZERO, SHORT))
                .singleElement()
                .asString()
                .matches(threadName);
    }

    @Test
    void aCloseThatIsInterruptedInterruptsWhatRunsAllTheSame() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        engine().execute(() -> {
            begun.countDown();
            try {
                letGo.await();
            } catch (InterruptedException expected) {
                interrupted.countDown();
            }
        });
        begun.await();

        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> engine().close(LONG, LONG));

        interrupted.await();
    }

    @Test
    void whatATaskThrowsDoesNotEndTheEngine() throws Exception {
        List<Throwable> seen = new ArrayList<>();
        CountDownLatch both = new CountDownLatch(2);
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            synchronized (seen) {
                seen.add(thrown);
            }
            both.countDown();
        });
        try {
            engine().execute(() -> {
                throw new IllegalStateException("made up by a test");
            });
            engine().execute(() -> {
                throw new StackOverflowError("made up by a test");
            });
            both.await();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }

        for (int i = 0; i < 20; i++) {
            assertThat(on(engine(), () -> 42)).isEqualTo(42);
        }
        await().until(() -> engine().activeTasks() == 0);
    }

    @Test
    void threadsSayWhoMadeThem() throws Exception {
        assertThat(on(engine(), () -> Thread.currentThread().getName())).matches(threadName);
    }

    @Test
    void theContextClassLoaderIsThatOfTheMakerOfTheEngineNotThatOfTheCaller() throws Exception {
        Thread current = Thread.currentThread();
        ClassLoader mine = current.getContextClassLoader();
        try (URLClassLoader other = new URLClassLoader(new URL[0], mine)) {
            current.setContextClassLoader(other);
            assertThat(on(engine(), () -> Thread.currentThread().getContextClassLoader()))
                    .isSameAs(mine);
        } finally {
            current.setContextClassLoader(mine);
        }
    }

    @Test
    void tasksInheritNoThreadLocals() throws Exception {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        local.set("of the caller");
        assertThat(on(engine(), () -> String.valueOf(local.get()))).isEqualTo("null");
    }

    @Test
    void aWaitRunsOnTheThreadThatWaits() throws Exception {
        assertThat(
                        on(
                                engine(),
                                () -> {
                                    Thread[] waited = new Thread[1];
                                    engine().whileWaiting(() -> waited[0] = Thread.currentThread());
                                    return Thread.currentThread().equals(waited[0]);
                                }))
                .isTrue();
    }

    @Test
    void aWaitMayBeInterrupted() throws Exception {
        assertThat(
                        on(
                                engine(),
                                () -> {
                                    Thread.currentThread().interrupt();
                                    try {
                                        engine().whileWaiting(letGo::await);
                                        return false;
                                    } catch (InterruptedException expected) {
                                        return true;
                                    }
                                }))
                .isTrue();
    }
}
