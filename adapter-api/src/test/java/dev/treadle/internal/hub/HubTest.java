package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HubTest {
    private final CarrierThreads threads = new CarrierThreads(1);
    private final Hub hub = new Hub(7, threads);

    // plain on purpose: whether updates are lost is the test
    private int counter;
    private @Nullable Thread owner;
    private int intrusions;
    private static int wasted;

    @AfterEach
    void close() {
        hub.close();
    }

    private Thread greenlet(Runnable task) {
        Thread thread = JdkHubAccess.newVirtualThread(hub.scheduler(), "greenlet", task);
        thread.start();
        return thread;
    }

    private Thread carrier() throws Exception {
        FutureTask<Thread> asking = new FutureTask<>(JdkHubAccess::currentCarrier);
        greenlet(asking);
        return asking.get();
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void theCarrierIsADaemonNamedAfterItsHub() throws Exception {
        Thread carrier = carrier();

        assertThat(carrier.getName()).isEqualTo("treadle-hub-7");
        assertThat(carrier.isDaemon()).isTrue();
        assertThat(carrier.isVirtual()).isFalse();
        assertThat(carrier.getContextClassLoader()).isSameAs(ClassLoader.getSystemClassLoader());
    }

    @Test
    void betweenTwoBlockingPointsNoOtherGreenletOfTheHubRuns() throws Exception {
        List<Thread> greenlets = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            greenlets.add(greenlet(this::countWithBlockingPoints));
        }
        join(greenlets);

        assertThat(counter).isEqualTo(100 * 100 * 10);
        assertThat(intrusions).isZero();
    }

    private void countWithBlockingPoints() {
        for (int slice = 0; slice < 100; slice++) {
            if (owner != null) {
                intrusions++;
            }
            owner = Thread.currentThread();
            for (int i = 0; i < 10; i++) {
                int seen = counter;
                Thread.onSpinWait();
                counter = seen + 1;
            }
            owner = null;
            LockSupport.parkNanos(1);
        }
    }

    @Test
    void slicesRunInTheOrderTheyCame() throws Exception {
        List<Integer> order = new ArrayList<>();
        CountDownLatch begin = new CountDownLatch(1);
        List<Thread> greenlets = new ArrayList<>();
        greenlets.add(
                greenlet(() -> {
                    try {
                        begin.await();
                    } catch (InterruptedException unexpected) {
                        throw new AssertionError(unexpected);
                    }
                    for (int i = 0; i < 100; i++) {
                        int number = i;
                        greenlets.add(greenlet(() -> order.add(number)));
                    }
                }));
        begin.countDown();
        greenlets.getFirst().join();
        join(greenlets);

        assertThat(order).hasSize(100).isSorted();
    }

    @Test
    void childrenOfAGreenletAreOnItsHub() throws Exception {
        FutureTask<Thread> child = new FutureTask<>(JdkHubAccess::currentCarrier);
        greenlet(() -> Thread.startVirtualThread(child));

        assertThat(child.get()).isSameAs(carrier());
    }

    @Test
    void tenThousandGreenletsMayBeBlockedAtOnce() throws Exception {
        CountDownLatch begun = new CountDownLatch(10_000);
        CountDownLatch letGo = new CountDownLatch(1);
        List<Thread> greenlets = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            greenlets.add(
                    greenlet(() -> {
                        begun.countDown();
                        try {
                            letGo.await();
                        } catch (InterruptedException unexpected) {
                            throw new AssertionError(unexpected);
                        }
                        counter++;
                    }));
        }
        begun.await();
        letGo.countDown();
        join(greenlets);

        assertThat(counter).isEqualTo(10_000);
    }

    @Test
    void timedWaitsOfGreenletsEnd() throws Exception {
        List<Thread> greenlets = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            greenlets.add(
                    greenlet(() -> {
                        long start = System.nanoTime();
                        try {
                            Thread.sleep(Duration.ofMillis(2));
                        } catch (InterruptedException unexpected) {
                            throw new AssertionError(unexpected);
                        }
                        if (System.nanoTime() - start >= 2_000_000) {
                            counter++;
                        }
                        LockSupport.parkNanos(1_000);
                        counter++;
                    }));
        }
        join(greenlets);

        assertThat(counter).isEqualTo(400);
    }

    @Test
    void anInterruptWakesAGreenletThatSleeps() throws Exception {
        FutureTask<Boolean> woken =
                new FutureTask<>(() -> {
                    try {
                        Thread.sleep(Duration.ofDays(1));
                        return false;
                    } catch (InterruptedException expected) {
                        return true;
                    }
                });
        Thread greenlet = greenlet(woken);
        await().until(() -> greenlet.getState() == Thread.State.TIMED_WAITING);

        greenlet.interrupt();

        assertThat(woken.get()).isTrue();
        assertThat(carrier().isInterrupted()).isFalse();
    }

    @Test
    void anIdleHubUsesNoCpu() throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Thread carrier = carrier();
        CountDownLatch letGo = new CountDownLatch(1);
        Thread blocked =
                greenlet(() -> {
                    try {
                        letGo.await();
                    } catch (InterruptedException unexpected) {
                        throw new AssertionError(unexpected);
                    }
                });
        await().until(() ->
                blocked.getState() == Thread.State.WAITING
                        && carrier.getState() == Thread.State.WAITING);
        for (int i = 0; i < 5; i++) {
            LockSupport.unpark(carrier); // for no reason
        }
        carrier.interrupt(); // nor this

        // the way down to its sleep costs something once; then nothing more while others go through
        // many timed parks
        await().until(() -> {
            long before = threads.getThreadCpuTime(carrier.threadId());
            for (int i = 0; i < 100; i++) {
                LockSupport.parkNanos(500_000);
            }
            return threads.getThreadCpuTime(carrier.threadId()) == before;
        });
        assertThat(carrier.isAlive()).isTrue();
        letGo.countDown();
        blocked.join();
    }

    @Test
    void noWakeUpFromSeveralForeignThreadsIsLost() throws Exception {
        int producers = 4;
        int each = 40_000;
        List<Thread> threads = new ArrayList<>();
        AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < producers; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> {
                                RoundTrips trips = new RoundTrips(each, Thread.currentThread());
                                trips.foreign(greenlet(trips::greenlet));
                                done.incrementAndGet();
                            }));
        }
        join(threads);

        assertThat(done.get()).isEqualTo(producers);
    }

    /** A foreign thread and a greenlet that wake each other in turn, without a timeout. */
    private static final class RoundTrips {
        private final int count;
        private final Thread foreign;
        private volatile int asked;
        private volatile int answered;

        RoundTrips(int count, Thread foreign) {
            this.count = count;
            this.foreign = foreign;
        }

        void foreign(Thread greenlet) {
            for (int i = 1; i <= count; i++) {
                asked = i;
                LockSupport.unpark(greenlet);
                while (answered != i) {
                    LockSupport.park(this);
                }
            }
        }

        void greenlet() {
            for (int i = 1; i <= count; i++) {
                while (asked != i) {
                    LockSupport.park(this);
                }
                answered = i;
                LockSupport.unpark(foreign);
            }
        }
    }

    /**
     * Without any JDK thread between: each slice is offered at about the moment the carrier falls
     * asleep after the one before. One producer only: a second one would wake up the carrier for a
     * slice that the first one lost.
     */
    @Test
    void noSliceOfferedWhileTheCarrierFallsAsleepIsLost() {
        AtomicInteger ran = new AtomicInteger();
        for (int i = 1; i <= 200_000; i++) {
            hub.execute(() -> {
                counter++;
                ran.incrementAndGet();
            });
            for (int spins = 0; ran.get() != i; spins++) {
                if (spins < 2_000) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(1);
                }
            }
            waste(i % 50);
        }

        assertThat(counter).isEqualTo(200_000);
    }

    /** Takes about as many nanoseconds as {@code steps}. */
    private static void waste(int steps) {
        for (int i = 0; i < steps; i++) {
            wasted = wasted * 31 + i;
        }
    }

    @Test
    void closeEndsTheCarrier() throws Exception {
        Thread carrier = carrier();
        threads.keepNoSpares();

        hub.close();
        hub.close();

        await().until(() -> !carrier.isAlive());
    }

    @Test
    void closingAHubThatWasNeverUsedStartsNothing() {
        hub.close();

        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("treadle-hub-7");
    }

    @Test
    void slicesThatAreThereAtTheCloseRun() throws Exception {
        List<Thread> greenlets = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            greenlets.add(
                    greenlet(() -> {
                        LockSupport.parkNanos(1);
                        counter++;
                    }));
        }
        hub.close();
        join(greenlets);

        assertThat(counter).isEqualTo(1_000);
    }

    @Test
    void aChildLeftBehindRunsAfterTheCloseAndTheCarrierEndsAgain() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        FutureTask<Thread> child =
                new FutureTask<>(() -> {
                    letGo.await();
                    return JdkHubAccess.currentCarrier();
                });
        Thread first = carrier();
        threads.keepNoSpares();
        greenlet(() -> Thread.startVirtualThread(child)).join();
        hub.close();
        await().until(() -> !first.isAlive());

        letGo.countDown();

        Thread second = child.get();
        assertThat(second).isNotSameAs(first);
        assertThat(second.isVirtual()).isFalse();
        await().until(() -> !second.isAlive());
    }

    // ---- Timers

    @Test
    void timersAreTheHubsOwnWhereTheJdkLetsASchedulerKeepThem() {
        assertThat(JdkHubAccess.schedulersKeepTimers())
                .isEqualTo(Runtime.version().feature() >= 25);
        assertThat(hub.scheduler() instanceof TimedScheduler)
                .isEqualTo(JdkHubAccess.schedulersKeepTimers());
    }

    /** More than the first capacity, all but one cancelled, in one hub that sleeps in between. */
    @Test
    void aThousandPatientGreenletsAreWokenLongBeforeTheirTime() throws Exception {
        List<Thread> greenlets = new ArrayList<>();
        AtomicInteger asleep = new AtomicInteger();
        for (int i = 0; i < 1_000; i++) {
            greenlets.add(
                    greenlet(() -> {
                        asleep.incrementAndGet();
                        LockSupport.parkNanos(TimeUnit.HOURS.toNanos(1));
                    }));
        }
        await().until(() ->
                greenlets.stream().allMatch(each -> each.getState() == Thread.State.TIMED_WAITING));
        FutureTask<Boolean> brief = new FutureTask<>(() -> Thread.interrupted() || sleep(5));
        greenlet(brief);
        assertThat(brief.get()).isTrue();
        greenlets.forEach(LockSupport::unpark);
        join(greenlets);
        assertThat(asleep).hasValue(1_000);
    }

    private static boolean sleep(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException unexpected) {
            return false;
        }
    }

    /** As a carrier does whose hub was taken from it: its greenlet parks while the next sleeps. */
    @Test
    void aTimerSetByAnotherThreadWakesAHubThatSleepsForLonger() throws Exception {
        Thread patient = greenlet(() -> LockSupport.parkNanos(TimeUnit.HOURS.toNanos(1)));
        await().until(() -> patient.getState() == Thread.State.TIMED_WAITING);
        for (int i = 0; i < 2_000; i++) {
            CountDownLatch fired = new CountDownLatch(1);
            var unused = hub.schedule(fired::countDown, i % 3 * 10_000L, TimeUnit.NANOSECONDS);
            fired.await();
        }
        LockSupport.unpark(patient);
        patient.join();
    }

    @Test
    void aChildThatSleepsWhenItsHubIsClosedNeedsNoCarrierAndWakesAllTheSame() throws Exception {
        FutureTask<Boolean> child = new FutureTask<>(() -> sleep(300));
        FutureTask<Boolean> late = new FutureTask<>(() -> sleep(2) && sleep(3));
        Thread first = carrier();
        threads.keepNoSpares();
        Thread sleeper = greenlet(child);
        await().until(() -> sleeper.getState() == Thread.State.TIMED_WAITING);
        hub.close();
        await().until(() -> !first.isAlive());

        greenlet(late);

        assertThat(child.get()).isTrue();
        assertThat(late.get()).isTrue();
        await("no thread of the hub's or of its timers")
                .until(() ->
                        threads.carrying() == 0
                                && Thread.getAllStackTraces().keySet().stream()
                                        .noneMatch(each -> each.getName().equals("treadle-timer")));
    }

    @Test
    @SuppressWarnings("WaitNotInLoop") // the wait is the test
    void aTimedWaitForAMonitorEndsToo() throws Exception {
        Object monitor = new Object();
        FutureTask<Boolean> waiting =
                new FutureTask<>(() -> {
                    synchronized (monitor) {
                        monitor.wait(20);
                    }
                    return true;
                });
        greenlet(waiting);
        assertThat(waiting.get()).isTrue();
    }

    /** Carriers come and go all the time here: never two at once, and none too few. */
    @Test
    void aClosedHubHasOneCarrierAtMostHoweverManySlicesComeLate() throws Exception {
        hub.close();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger tooMany = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        Runnable slice =
                () -> {
                    if (running.incrementAndGet() != 1) {
                        tooMany.incrementAndGet();
                    }
                    counter++;
                    running.decrementAndGet();
                    ran.incrementAndGet();
                };
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> {
                                for (int n = 0; n < 5_000; n++) {
                                    hub.execute(slice);
                                    if (n % 3 == 0) {
                                        LockSupport.parkNanos(1);
                                    }
                                }
                            }));
        }
        join(threads);
        await().until(() -> ran.get() == 15_000);

        assertThat(counter).isEqualTo(15_000);
        assertThat(tooMany.get()).isZero();
    }

    @Test
    void anUncaughtExceptionHandlerThatThrowsDoesNotEndTheCarrier() throws Exception {
        Thread carrier = carrier();
        AtomicInteger calls = new AtomicInteger();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            calls.incrementAndGet();
            throw new IllegalStateException("a broken handler, made up by a test");
        });
        try {
            greenlet(() -> {
                throw new IllegalStateException("made up by a test");
            });
            hub.execute(() -> {
                throw new IllegalStateException("a slice that fails, made up by a test");
            });
            await().dontCatchUncaughtExceptions()
                    .until(() -> calls.get() >= 2); // it would put its own handler in place
            assertThat(carrier()).isSameAs(carrier);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}
