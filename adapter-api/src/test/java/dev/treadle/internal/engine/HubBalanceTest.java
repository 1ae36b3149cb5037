package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.internal.hub.JdkHubAccess;
import dev.treadle.internal.hub.SelectorLoop;
import dev.treadle.internal.hub.Watching;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Tasks of the event loops of two hubs. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HubBalanceTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    /** Far above the margin, far below the time after which the watch takes a hub away. */
    private static final long HEAVY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final int TASKS = 64;

    private final GeventEngine engine = new GeventEngine(2, Watching.OFF);
    private final SelectorLoop[] loops = new SelectorLoop[2];
    private final Map<String, Integer> ran = new ConcurrentHashMap<>();

    @BeforeEach
    void start() {
        for (int i = 0; i < loops.length; i++) {
            int hub = i;
            loops[i] = new SelectorLoop(loop -> engine.loops().attach(hub, loop), true).start();
            loops[i].thread().setName("loop-" + i);
        }
        // until then the hubs have threads of their own
        await().until(() -> threadsOf(100).keySet().equals(Set.of("loop-0", "loop-1")));
        ran.clear();
    }

    @AfterEach
    void close() throws Exception {
        for (SelectorLoop loop : loops) {
            loop.close();
        }
        assertThat(engine.close(LONG, LONG)).isEmpty();
        await("all carriers end").until(() -> engine.carriers() == 0);
    }

    private Map<String, Integer> threadsOf(int tasks) throws InterruptedException {
        ran.clear();
        CountDownLatch done = new CountDownLatch(tasks);
        for (int i = 0; i < tasks; i++) {
            engine.executeSpread(() -> count(done));
        }
        done.await();
        return ran;
    }

    private void count(CountDownLatch done) {
        ran.merge(JdkHubAccess.currentCarrier().getName(), 1, Integer::sum);
        done.countDown();
    }

    private static void compute(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    /** Has the first loop bring so many tasks in one go, and waits for all. */
    private Map<String, Integer> threadsOfTasksOfTheFirstLoop(int tasks, long nanos)
            throws InterruptedException {
        ran.clear();
        CountDownLatch done = new CountDownLatch(tasks);
        loops[0].post(() -> {
            for (int i = 0; i < tasks; i++) {
                engine.execute(() -> {
                    compute(nanos);
                    count(done);
                });
            }
        });
        done.await();
        return ran;
    }

    @Test
    void longTasksOfOneLoopAreSharedOutOnceTheHubsKnowThatTheyAreLong() throws Exception {
        threadsOfTasksOfTheFirstLoop(TASKS, HEAVY_NANOS);

        Map<String, Integer> threads = threadsOfTasksOfTheFirstLoop(TASKS, HEAVY_NANOS);

        assertThat(threads).containsOnlyKeys("loop-0", "loop-1");
    }

    @Test
    void aSingleTaskOfALoopStaysThere() throws Exception {
        threadsOfTasksOfTheFirstLoop(TASKS, HEAVY_NANOS);
        for (int i = 0; i < TASKS; i++) {
            assertThat(threadsOfTasksOfTheFirstLoop(1, 0)).containsOnlyKeys("loop-0");
        }
    }

    @Test
    void whatAGreenletStartsStaysOnItsHubHoweverBusyThatIs() throws Exception {
        threadsOfTasksOfTheFirstLoop(TASKS, HEAVY_NANOS);
        ran.clear();
        CountDownLatch done = new CountDownLatch(TASKS);
        FutureTask<String> parent =
                new FutureTask<>(() -> {
                    for (int i = 0; i < TASKS; i++) {
                        engine.execute(() -> {
                            compute(HEAVY_NANOS);
                            count(done);
                        });
                    }
                    return JdkHubAccess.currentCarrier().getName();
                });
        loops[0].post(() -> engine.execute(parent));
        done.await();

        assertThat(ran).containsOnlyKeys(parent.get());
    }
}
