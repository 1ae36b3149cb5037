package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.internal.hub.JdkHubAccess;
import dev.treadle.internal.hub.Watching;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

final class GeventEngineTest extends EngineContract {
    GeventEngineTest() {
        super("treadle-gevent-\\d+");
    }

    @Override
    Engine newEngine() {
        return new GeventEngine(2, Watching.OFF);
    }

    private static String carrier() {
        return JdkHubAccess.currentCarrier().getName();
    }

    @Test
    void eachTaskHasAGreenletOnAHub() throws Exception {
        assertThat(on(engine(), () -> Thread.currentThread().isVirtual())).isTrue();
        assertThat(on(engine(), GeventEngineTest::carrier)).matches("treadle-hub-[01]");
    }

    /** Also of a greenlet that waits, and is on no carrier. */
    @Test
    void theHubOfEachThreadIsKnown() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        Map<Thread, String> carriers = new ConcurrentHashMap<>();
        for (int i = 0; i < 10; i++) {
            engine().execute(() -> {
                carriers.put(Thread.currentThread(), carrier());
                try {
                    over.await();
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        await().until(() -> carriers.size() == 10);
        Map<Thread, Integer> hubs = new HashMap<>();
        ((GeventEngine) engine()).addHubsTo(hubs);
        over.countDown();
        assertThat(hubs).hasSize(10);
        carriers.forEach((thread, carrier) ->
                assertThat("treadle-hub-" + hubs.get(thread)).isEqualTo(carrier));
        assertThat(hubs.values()).contains(0, 1);
    }

    @Test
    void whatAGreenletStartsStaysOnItsHub() throws Exception {
        Set<String> hubs = new TreeSet<>();
        for (int i = 0; i < 50; i++) {
            Set<String> carriers =
                    on(
                            engine(),
                            () -> {
                                Set<String> seen = ConcurrentHashMap.newKeySet();
                                seen.add(carrier());
                                FutureTask<String> child =
                                        new FutureTask<>(GeventEngineTest::carrier);
                                Thread.startVirtualThread(child);
                                seen.add(child.get());
                                try (ExecutorService pool =
                                        Executors.newVirtualThreadPerTaskExecutor()) {
                                    seen.add(
                                            pool.submit(
                                                            () -> {
                                                                FutureTask<String> grandchild =
                                                                        new FutureTask<>(
                                                                                GeventEngineTest
                                                                                        ::carrier);
                                                                Thread.startVirtualThread(
                                                                        grandchild);
                                                                return grandchild.get();
                                                            })
                                                    .get());
                                }
                                seen.add(on(engine(), GeventEngineTest::carrier));
                                return seen;
                            });
            assertThat(carriers).hasSize(1);
            hubs.addAll(carriers);
        }
        assertThat(hubs).isSubsetOf("treadle-hub-0", "treadle-hub-1");
    }

    @Test
    void whatIsSpreadGoesToTheEmptiestHubWhereverItComesFrom() throws Exception {
        int tasks = 40;
        Map<String, Integer> carriers = new ConcurrentHashMap<>();
        CountDownLatch started = new CountDownLatch(tasks);
        CountDownLatch letGo = new CountDownLatch(1);
        on(
                engine(),
                () -> {
                    for (int i = 0; i < tasks; i++) {
                        engine().executeSpread(() -> {
                            carriers.merge(carrier(), 1, Integer::sum);
                            started.countDown();
                            try {
                                letGo.await();
                            } catch (InterruptedException closing) {
                                Thread.currentThread().interrupt();
                            }
                        });
                    }
                    return true;
                });
        started.await();
        letGo.countDown();
        assertThat(carriers.keySet()).containsExactlyInAnyOrder("treadle-hub-0", "treadle-hub-1");
        // the greenlet that spreads them is on one of the two itself
        assertThat(carriers.values()).allMatch(count -> count >= tasks / 2 - 1);
    }

    @Test
    void tasksThatEndBeforeTheNextComesAreSpreadToo() throws Exception {
        Map<String, Integer> carriers = new ConcurrentHashMap<>();
        for (int i = 0; i < 40; i++) {
            CountDownLatch ended = new CountDownLatch(1);
            engine().executeSpread(() -> {
                carriers.merge(carrier(), 1, Integer::sum);
                ended.countDown();
            });
            ended.await();
        }
        assertThat(carriers.keySet()).containsExactlyInAnyOrder("treadle-hub-0", "treadle-hub-1");
    }

    private static int sleepAt(int depth) throws InterruptedException {
        if (depth == 0) {
            Thread.sleep(1);
            return 0;
        }
        return 1 + sleepAt(depth - 1);
    }

    @Test
    void aGreenletCanBlockAsDeepAsAPlatformThread() throws Exception {
        int depth = 8_000;
        FutureTask<Integer> onPlatform = new FutureTask<>(() -> sleepAt(depth));
        Thread.ofPlatform().start(onPlatform);
        assertThat(onPlatform.get()).isEqualTo(depth);
        assertThat(on(engine(), () -> sleepAt(depth))).isEqualTo(depth);
    }

    @Test
    void greenletsOfOtherEnginesAreNotTakenForOnesOwn() throws Exception {
        Engine other = new GeventEngine(1, Watching.OFF);
        String carrier =
                on(other, () -> on(engine(), GeventEngineTest::carrier) + " under " + carrier());
        assertThat(carrier).matches("treadle-hub-[01] under treadle-hub-0");
        assertThat(
                        on(
                                other,
                                () ->
                                        on(engine(), JdkHubAccess::currentCarrier)
                                                .equals(JdkHubAccess.currentCarrier())))
                .isFalse();
        assertThat(other.close(LONG, LONG)).isEmpty();
    }

    @Test
    void tasksFromOutsideSpreadEvenly() throws Exception {
        Engine engine = new GeventEngine(3, Watching.OFF);
        CountDownLatch letGo = new CountDownLatch(1);
        Map<String, Integer> byHub = new ConcurrentHashMap<>();
        CountDownLatch begun = new CountDownLatch(30);
        for (int i = 0; i < 30; i++) {
            engine.execute(() -> {
                byHub.merge(carrier(), 1, Integer::sum);
                begun.countDown();
                try {
                    letGo.await();
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
            });
        }
        begun.await();
        assertThat(new TreeMap<>(byHub))
                .isEqualTo(Map.of("treadle-hub-0", 10, "treadle-hub-1", 10, "treadle-hub-2", 10));
        letGo.countDown();
        assertThat(engine.close(LONG, LONG)).isEmpty();
    }

    @Test
    void aHubWhoseGreenletsHaveEndedIsFilledAgain() throws Exception {
        Engine engine = new GeventEngine(2, Watching.OFF);
        CountDownLatch letGo = new CountDownLatch(1);
        FutureTask<String> held =
                new FutureTask<>(() -> {
                    letGo.await();
                    return carrier();
                });
        engine.execute(held);
        Set<String> others = new TreeSet<>();
        for (int i = 0; i < 10; i++) {
            others.add(on(engine, GeventEngineTest::carrier));
            await().until(() -> engine.activeTasks() == 1);
        }
        letGo.countDown();

        assertThat(others).singleElement().isNotEqualTo(held.get());
        assertThat(engine.close(LONG, LONG)).isEmpty();
    }

    @Test
    void closeEndsTheCarriers() throws Exception {
        Thread carrier = on(engine(), JdkHubAccess::currentCarrier);

        engine().close(LONG, LONG);

        await().until(() -> !carrier.isAlive());
    }
}
