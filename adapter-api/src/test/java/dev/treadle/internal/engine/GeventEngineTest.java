package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.Greenlets;
import dev.treadle.internal.base.HubUse;
import dev.treadle.internal.hub.Hub;
import dev.treadle.internal.hub.JdkHubAccess;
import dev.treadle.internal.hub.Watching;
import dev.treadle.stats.HubLoad;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /** Exactly, for each of many at a time, and nothing is kept of those that are over. */
    @Test
    void theSlicesOfEachTaskAreCounted() throws Exception {
        int tasks = 200;
        Map<Integer, Long> counted = new ConcurrentHashMap<>();
        for (int i = 0; i < tasks; i++) {
            int pauses = i % 20;
            int task = i;
            engine().execute(() -> {
                long before = slices();
                for (int j = 0; j < pauses; j++) {
                    Greenlets.yield();
                }
                counted.put(task, slices() - before);
            });
        }
        await().until(() -> counted.size() == tasks);
        counted.forEach((task, slices) -> assertThat(slices).isEqualTo(task % 20));
        assertThat(on(engine(), GeventEngineTest::slices)).isEqualTo(1);
        await().untilAsserted(() -> assertThat(known()).isZero());
    }

    private static HubUse use() {
        return Objects.requireNonNull(Hub.currentUse());
    }

    private static long slices() {
        return use().slices();
    }

    private int known() {
        return ((GeventEngine) engine()).knownUses();
    }

    @Test
    void theTimeOnItsHubIsThatOfATask() throws Exception {
        long began = System.nanoTime();
        long nanos =
                on(
                        engine(),
                        () -> {
                            spin(Duration.ofMillis(30));
                            Thread.sleep(200);
                            spin(Duration.ofMillis(30));
                            return use().nanos(System.nanoTime());
                        });
        Duration whole = Duration.ofNanos(System.nanoTime() - began);
        assertThat(Duration.ofNanos(nanos))
                .isBetween(Duration.ofMillis(60), whole.minusMillis(200)); // without the sleep
        List<HubLoad> loads = ((GeventEngine) engine()).loads();
        assertThat(loads).extracting(HubLoad::index).containsExactly(0, 1);
        await().untilAsserted(() ->
                assertThat(
                                ((GeventEngine) engine())
                                        .loads().stream()
                                                .mapToLong(load -> load.busy().toNanos())
                                                .sum())
                        .isGreaterThanOrEqualTo(nanos));
    }

    private static void spin(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    /** Some of these lose their hub in a slice, others run on meanwhile. */
    @Test
    void slicesAreCountedAcrossRetakes() throws Exception {
        GeventEngine strict =
                new GeventEngine(
                        2, new Watching(Duration.ofMillis(2), null, thread -> "", slice -> {}));
        try {
            int tasks = 60;
            Map<Integer, Long> counted = new ConcurrentHashMap<>();
            for (int i = 0; i < tasks; i++) {
                int task = i;
                strict.execute(() -> {
                    long before = slices();
                    for (int j = 0; j < 5; j++) {
                        if ((task + j) % 10 == 0) {
                            spin(Duration.ofMillis(40));
                        }
                        Greenlets.yield();
                    }
                    counted.put(task, slices() - before);
                });
            }
            await().until(() -> counted.size() == tasks);
            assertThat(counted.values()).containsOnly(5L);
            assertThat(strict.retakes()).isPositive();
            assertThat(strict.loads().stream().mapToLong(HubLoad::retakes).sum())
                    .isEqualTo(strict.retakes());
            await().untilAsserted(() -> assertThat(strict.knownUses()).isZero());
            await().untilAsserted(() ->
                    assertThat(strict.loads())
                            .allMatch(load -> load.held() == 0 && load.queued() == 0));
        } finally {
            strict.close(Duration.ZERO, Duration.ofSeconds(5));
        }
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
