package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.LogRecords;
import dev.treadle.internal.base.StackCause;
import dev.treadle.internal.hub.LongSlice;
import dev.treadle.internal.hub.WarmUp;
import dev.treadle.internal.hub.Watching;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A greenlet that computes, or blocks where it cannot be unmounted, does not stop its hub. The only
 * such place in Java on every JDK is a class initialiser. So the tests of the second kind use one:
 * each initialises the same class again, in a class loader of its own.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HubWatchTest {
    private static final Duration RETAKE = Duration.ofMillis(20);

    private final GeventEngine engine = new GeventEngine(1, new Watching(RETAKE, null));

    @AfterEach
    void close() throws InterruptedException {
        assertThat(engine.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isEmpty();
        await("watch and carriers end")
                .until(() -> threads("treadle-watch") == 0 && threads("treadle-hub-0") == 0);
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .count();
    }

    /**
     * On a scheduler without a watch this hangs for ever: the owner of the lock needs the carrier
     * that is held.
     */
    @Test
    void aClassInitialiserThatWaitsForAnUnmountedGreenletDoesNotFreezeTheHub() throws Exception {
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(2);
        engine.execute(() -> {
            PinLock.LOCK.lock();
            try {
                locked.countDown();
                awaitQuietly(go);
            } finally {
                PinLock.LOCK.unlock();
            }
            done.countDown();
        });
        locked.await();
        engine.execute(() -> {
            Pin.pin();
            done.countDown();
        });
        engine.execute(go::countDown);
        done.await();
    }

    @Test
    void othersGoOnWhileManyAreBlockedAndNothingIsLostOrRunTwice() throws Exception {
        int rounds = 30;
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(rounds * 11);
        PinLock.LOCK.lock();
        try {
            for (int i = 0; i < rounds; i++) {
                engine.execute(() -> {
                    Pin.pin();
                    ran.incrementAndGet();
                    done.countDown();
                });
                for (int j = 0; j < 10; j++) {
                    engine.execute(() -> {
                        LockSupport.parkNanos(1);
                        ran.incrementAndGet();
                        done.countDown();
                    });
                }
            }
            await("all but the blocked ones").until(() -> done.getCount() == rounds);
        } finally {
            PinLock.LOCK.unlock();
        }
        done.await();
        assertThat(ran).hasValue(rounds * 11);
    }

    @Test
    void aGreenletThatComputesLosesItsHubWhileOthersWait() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch others = new CountDownLatch(100);
        compute(engine, stop, ended);
        for (int i = 0; i < 100; i++) {
            engine.execute(() -> {
                LockSupport.parkNanos(1);
                others.countDown();
            });
        }
        others.await();
        assertThat(ended).isFalse();
        assertThat(engine.retakes()).isPositive();
        stop.set(true);
        await("the first goes on in its own slice").untilTrue(ended);
    }

    @Test
    void aGreenletThatComputesKeepsItsHubWhileNobodyWaits() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        compute(engine, stop, ended);
        await("the watch has seen it for long")
                .until(() -> engine.longestSlice().compareTo(RETAKE.multipliedBy(10)) > 0);
        assertThat(engine.retakes()).isZero();
        assertThat(engine.carriers()).isEqualTo(1);
        stop.set(true);
        await().untilTrue(ended);
    }

    @Test
    void withoutRetakeAHubIsOnlyWatched() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean intruded = new AtomicBoolean();
        GeventEngine strict =
                new GeventEngine(
                        1,
                        new Watching(
                                null, Duration.ofMillis(20), thread -> "GET /hog", slice -> {}),
                        warm());
        try (LogRecords log = new LogRecords()) {
            compute(strict, stop, ended);
            strict.execute(() -> intruded.set(true));
            await().until(() -> strict.longSlices() > 0);
            await("it is reported once")
                    .until(() -> strict.longestSlice().compareTo(Duration.ofMillis(200)) > 0);
            assertThat(intruded).isFalse();
            stop.set(true);
            await().untilTrue(intruded);
            assertThat(ended).isTrue();
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("treadle-hub-0: treadle-gevent-1, GET /hog, has run for ")
                    .contains("HubWatchTest.spin(");
        }
        assertThat(strict.retakes()).isZero();
        assertThat(strict.longSlices()).isEqualTo(1);
        assertThat(strict.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isEmpty();
    }

    /** A slice that goes on without its hub is watched all the same. */
    @Test
    void aSliceIsReportedAlsoAfterItsHubWasRetaken() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        GeventEngine both =
                new GeventEngine(
                        1, new Watching(Duration.ofMillis(5), Duration.ofMillis(200)), warm());
        try (LogRecords log = new LogRecords()) {
            compute(both, stop, ended);
            CountDownLatch other = new CountDownLatch(1);
            both.execute(other::countDown);
            other.await();
            await().until(() -> !log.warnings().isEmpty());
            stop.set(true);
            await().untilTrue(ended);
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("treadle-hub-0: treadle-gevent-1 has run for ")
                    .contains("; a spare carrier has its hub")
                    .contains("HubWatchTest.spin(");
        }
        assertThat(both.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isEmpty();
    }

    /** A child is no task of the engine; its stack is found all the same. */
    @Test
    void aChildThatComputesIsReportedWithItsName() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        GeventEngine strict =
                new GeventEngine(1, new Watching(null, Duration.ofMillis(20)), warm());
        try (LogRecords log = new LogRecords()) {
            strict.execute(
                    () -> Thread.ofVirtual().name("third-party-call").start(() -> spin(stop)));
            await().until(() -> !log.warnings().isEmpty());
            stop.set(true);
            assertThat(log.warnings().getFirst())
                    .contains("treadle-hub-0: third-party-call has run for ")
                    .contains("HubWatchTest.spin(");
        }
        assertThat(strict.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isEmpty();
    }

    /** The top frame is the application's: only the time of its carrier tells that it waits. */
    @Test
    void aNativeCallAndAHogAreToldApart() throws Exception {
        List<LongSlice> told = new CopyOnWriteArrayList<>();
        GeventEngine strict =
                new GeventEngine(
                        1,
                        new Watching(
                                null, Duration.ofMillis(200), thread -> "GET /held", told::add),
                        warm());
        NativePipe pipe = new NativePipe();
        pipe.write();
        pipe.read(); // linked from here on
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch read = new CountDownLatch(1);
        try {
            strict.execute(() -> {
                pipe.read();
                read.countDown();
            });
            await().until(() -> told.size() == 1);
            pipe.write();
            read.await();
            compute(strict, stop, ended);
            await().until(() -> told.size() == 2);
        } finally {
            stop.set(true);
        }
        await().untilTrue(ended);
        assertThat(strict.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isEmpty();
        pipe.close();
        assertThat(told).extracting(LongSlice::request).containsOnly("GET /held");
        assertThat(told.getFirst().cause()).isEqualTo(StackCause.NO_CPU);
        // another process may have used the processor meanwhile
        assertThat(told.getLast().cause()).isIn(StackCause.COMPUTES, StackCause.NO_CPU);
    }

    @Test
    void aClassInitialiserThatWaitsIsTheCause() throws Exception {
        List<LongSlice> told = new CopyOnWriteArrayList<>();
        GeventEngine strict =
                new GeventEngine(
                        1,
                        new Watching(null, Duration.ofMillis(50), thread -> "", told::add),
                        warm());
        PinLock.LOCK.lock();
        try {
            strict.execute(Pin::pin);
            await().until(() -> !told.isEmpty());
        } finally {
            PinLock.LOCK.unlock();
        }
        assertThat(told).extracting(LongSlice::cause).containsExactly(StackCause.INITIALISER_WAITS);
        assertThat(strict.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isEmpty();
    }

    /**
     * While the JVM is cold long slices are counted; one that still runs once it is warm is told.
     */
    @Test
    void aSliceThatBeganWhileTheJvmWasColdIsReportedOnceItIsWarm() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean loads = new AtomicBoolean(true);
        AtomicInteger classes = new AtomicInteger();
        WarmUp.Jvm loading =
                new WarmUp.Jvm() {
                    @Override
                    public long classesLoaded() {
                        return loads.get() ? classes.addAndGet(WarmUp.BUSY_CLASSES) : classes.get();
                    }

                    @Override
                    public long millisCompiling() {
                        return 0;
                    }
                };
        GeventEngine strict =
                new GeventEngine(
                        1,
                        new Watching(null, Duration.ofMillis(20)),
                        new WarmUp(loading, System.nanoTime()));
        try (LogRecords log = new LogRecords()) {
            compute(strict, stop, ended);
            await().until(() -> strict.longestSlice().compareTo(Duration.ofSeconds(4)) > 0);
            assertThat(strict.longSlices()).isEqualTo(1);
            assertThat(log.lines()).isEmpty();
            loads.set(false);
            await().atMost(Duration.ofMinutes(2)).until(() -> !log.warnings().isEmpty());
            stop.set(true);
            await().untilTrue(ended);
            assertThat(log.lines().getFirst())
                    .contains(" 1 long slices (the longest: treadle-gevent-1 ");
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("treadle-hub-0: treadle-gevent-1 has run for ")
                    .contains("HubWatchTest.spin(");
        }
        assertThat(strict.longSlices()).isEqualTo(1);
        assertThat(strict.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isEmpty();
    }

    /** A watch of a JVM that has loaded and compiled what it needs. */
    private static WarmUp warm() {
        WarmUp warmUp =
                new WarmUp(
                        new WarmUp.Jvm() {
                            @Override
                            public long classesLoaded() {
                                return 0;
                            }

                            @Override
                            public long millisCompiling() {
                                return 0;
                            }
                        },
                        0);
        for (int i = 1; i <= WarmUp.CALM_WINDOWS; i++) {
            warmUp.look(i * WarmUp.WINDOW_NANOS, true);
        }
        return warmUp;
    }

    /** In a slice that was retaken: there nothing else of a hub would catch the error. */
    @Test
    void aListenerThatThrowsDoesNotEndTheWatch() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch told = new CountDownLatch(1);
        GeventEngine both =
                new GeventEngine(
                        1,
                        new Watching(
                                Duration.ofMillis(5),
                                Duration.ofMillis(200),
                                thread -> "",
                                slice -> {
                                    told.countDown();
                                    throw new NoClassDefFoundError("made up by a test");
                                }),
                        warm());
        try (LogRecords log = new LogRecords()) {
            for (int i = 0; i < 2; i++) {
                compute(both, stop, ended);
                CountDownLatch other = new CountDownLatch(1);
                both.execute(other::countDown);
                other.await();
                told.await();
            }
            stop.set(true);
            await().untilTrue(ended);
            assertThat(log.lines()).anyMatch(line -> line.equals("SEVERE the watch failed"));
        }
        assertThat(both.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isEmpty();
    }

    private static void compute(GeventEngine engine, AtomicBoolean stop, AtomicBoolean ended)
            throws InterruptedException {
        CountDownLatch computing = new CountDownLatch(1);
        engine.execute(() -> {
            computing.countDown();
            spin(stop);
            ended.set(true);
        });
        computing.await();
    }

    private static void spin(AtomicBoolean stop) {
        while (!stop.get()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void tellsHowLongWhatCanRunWaitsForItsHub() throws Exception {
        GeventEngine strict = new GeventEngine(1, new Watching(null, Duration.ofMinutes(5)));
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        try {
            compute(strict, stop, ended);
            CountDownLatch ran = new CountDownLatch(1);
            strict.execute(ran::countDown);
            await("what waits is measured while it waits")
                    .until(() -> strict.lag().compareTo(Duration.ofMillis(300)) > 0);
            stop.set(true);
            ran.await();
            await("an idle hub has no lag").until(() -> strict.lag().isZero());
        } finally {
            stop.set(true);
            assertThat(strict.close(Duration.ofMinutes(5), Duration.ofMinutes(5))).isEmpty();
        }
    }

    /** As while classes load. */
    @Test
    void ofManyLongSlicesAFewAreToldAndAllAreCounted() throws Exception {
        long slices = 25;
        GeventEngine strict =
                new GeventEngine(1, new Watching(null, Duration.ofMillis(10)), warm());
        try (LogRecords log = new LogRecords()) {
            for (int i = 0; i < slices; i++) {
                long before = strict.longSlices();
                AtomicBoolean stop = new AtomicBoolean();
                AtomicBoolean ended = new AtomicBoolean();
                compute(strict, stop, ended);
                await().pollInterval(Duration.ofMillis(1))
                        .until(() -> strict.longSlices() > before);
                stop.set(true);
                await().pollInterval(Duration.ofMillis(1)).untilTrue(ended);
            }
            assertThat(log.warnings()).hasSizeBetween(10, 24);
        }
        assertThat(strict.longSlices()).isEqualTo(slices);
        assertThat(strict.close(Duration.ofSeconds(10), Duration.ofSeconds(10))).isEmpty();
    }

    @Test
    void theWatchOfAnIdleHubIsNotWoken() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        engine.execute(ran::countDown);
        ran.await();
        List<Thread> watches =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("treadle-watch"))
                        .toList();
        assertThat(watches).hasSize(1);
        // WAITING, not TIMED_WAITING: it parks until a hub wakes it
        await("watch parked without a limit")
                .until(() -> watches.getFirst().getState() == Thread.State.WAITING);
        CountDownLatch again = new CountDownLatch(1);
        engine.execute(again::countDown);
        again.await();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
