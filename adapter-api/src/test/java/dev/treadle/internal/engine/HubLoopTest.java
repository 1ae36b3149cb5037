package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.treadle.internal.hub.JdkHubAccess;
import dev.treadle.internal.hub.SelectorLoop;
import dev.treadle.internal.hub.Watching;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** A hub that the thread of an event loop carries, with a real selector under it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HubLoopTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final GeventEngine engine =
            new GeventEngine(1, new Watching(Duration.ofMillis(5), null));
    private @Nullable SelectorLoop loop;

    /** Ends the hogs of a test, also of one that fails: a loop that is held cannot be closed. */
    private final AtomicBoolean stop = new AtomicBoolean();

    private static SelectorLoop loopOf(GeventEngine engine, boolean canTurn) {
        return new SelectorLoop(loop -> engine.loops().attach(0, loop), canTurn);
    }

    private SelectorLoop start(boolean canTurn) {
        SelectorLoop started = loopOf(engine, canTurn).start();
        loop = started;
        return started;
    }

    @AfterEach
    void close() throws Exception {
        stop.set(true);
        if (loop != null) {
            loop.close();
            assertThat(loop.overlaps()).isZero();
        }
        assertThat(engine.close(LONG, LONG)).isEmpty();
        await("all carriers end").until(() -> engine.carriers() == 0);
    }

    private Thread carrier() throws Exception {
        return EngineContract.on(engine, JdkHubAccess::currentCarrier);
    }

    @Test
    void greenletsRunOnTheThreadOfTheLoop() throws Exception {
        SelectorLoop loop = start(true);
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        int carriers;
        int turns;
        long retakes;
        do { // a thread that a busy machine does not run for 5 ms loses its hub to a spare
            await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
            await().until(() -> engine.carriers() == 0);
            seen.clear();
            retakes = engine.retakes();
            int turnsBefore = loop.turns();
            CountDownLatch done = new CountDownLatch(300);
            for (int i = 0; i < 100; i++) {
                engine.execute(() -> {
                    for (int j = 0; j < 3; j++) {
                        LockSupport.parkNanos(1_000);
                        seen.add(JdkHubAccess.currentCarrier());
                        done.countDown();
                    }
                });
            }
            done.await();
            carriers = engine.carriers();
            turns = loop.turns() - turnsBefore;
        } while (engine.retakes() > retakes);
        assertThat(seen).containsExactly(loop.thread());
        assertThat(carriers).isZero();
        assertThat(turns).isZero();
    }

    @Test
    void whatAnEventStartsIsOnTheHubOfItsLoop() throws Exception {
        GeventEngine two = new GeventEngine(2, Watching.OFF);
        SelectorLoop first = loopOf(two, true).start();
        for (int i = 0; i < 20; i++) {
            FutureTask<Thread> carrier = new FutureTask<>(JdkHubAccess::currentCarrier);
            first.post(() -> two.execute(carrier));
            assertThat(carrier.get()).isSameAs(first.thread());
        }
        first.close();
        assertThat(two.close(LONG, LONG)).isEmpty();
    }

    /** The hub has a carrier of its own until the loop comes, and again when it has gone. */
    @Test
    void loopsComeAndGoAndNothingIsLost() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger begun = new AtomicInteger();
        Thread producer =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!stop.get()) {
                                begun.incrementAndGet();
                                engine.execute(() -> {
                                    LockSupport.parkNanos(1);
                                    ran.incrementAndGet();
                                });
                                if (begun.get() - ran.get() > 200) {
                                    LockSupport.parkNanos(100_000);
                                }
                            }
                        });
        for (int i = 0; i < 200; i++) {
            int before = ran.get();
            SelectorLoop each = loopOf(engine, i % 2 == 0).start();
            if (i % 3 != 0) {
                await().pollInterval(Duration.ofMillis(1)).until(() -> ran.get() > before);
            }
            each.close();
            assertThat(each.overlaps()).isZero();
        }
        stop.set(true);
        producer.join();
        await().until(() -> ran.get() == begun.get());
        assertThat(carrier().getName()).isEqualTo("treadle-hub-0");
    }

    @Test
    void twoLoopsForOneHubAreRefused() {
        start(true);
        assertThatIllegalStateException()
                .isThrownBy(() -> loopOf(engine, true))
                .withMessage("hub 0: an event loop carries it already (expected: none)");
    }

    @Test
    void aLoopThatNeverRanMayBeDetached() throws Exception {
        SelectorLoop never = loopOf(engine, true);
        never.abandon();
        never.abandon();
        assertThat(carrier().getName()).isEqualTo("treadle-hub-0");
    }

    /** One producer only: a second one would wake the loop for a slice that the first one lost. */
    @Test
    void noSliceOfferedWhileTheLoopBeginsToWaitIsLost() {
        start(true);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 1; i <= 50_000; i++) {
            engine.execute(ran::incrementAndGet);
            for (int spins = 0; ran.get() != i; spins++) {
                if (spins < 2_000) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(1);
                }
            }
        }
    }

    @Test
    void aHogLosesHubAndLoopAndGetsBothBack() throws Exception {
        SelectorLoop loop = start(true);
        CountDownLatch ended = new CountDownLatch(1);
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        int before = loop.turnsEndedCount();
        engine.execute(() -> {
            while (!stop.get()) {
                Thread.onSpinWait();
            }
            ended.countDown();
        });
        FutureTask<Thread> meanwhile = new FutureTask<>(JdkHubAccess::currentCarrier);
        loop.post(() -> engine.execute(meanwhile)); // an event, read by the spare carrier
        assertThat(meanwhile.get()).isNotSameAs(loop.thread());
        assertThat(meanwhile.get().getName()).isEqualTo("treadle-hub-0");
        assertThat(ended.getCount()).isEqualTo(1);
        // if the loop's own thread had read the event before it was held, the other one turns later
        await().until(() -> loop.turns() > 0);
        stop.set(true);
        ended.await();
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        assertThat(loop.turnsEndedCount()).isEqualTo(before + 1);
        await().until(() -> engine.carriers() == 0);
    }

    @Test
    void whereALoopCannotTurnItsGreenletsAreRescuedAllTheSame() throws Exception {
        SelectorLoop loop = start(false);
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        AtomicReference<@Nullable Thread> held = new AtomicReference<>();
        engine.execute(() -> {
            held.set(JdkHubAccess.currentCarrier());
            while (!stop.get()) {
                Thread.onSpinWait();
            }
        });
        // on a busy machine a spare carrier may have the hub by now, and the loop's thread rescue
        // it
        await().until(() -> held.get() != null);
        for (int i = 0; i < 100; i++) {
            assertThat(carrier()).isNotSameAs(held.get());
        }
        stop.set(true);
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        assertThat(loop.turns()).isZero();
    }

    /**
     * Hogs of all lengths, together with events and wake-ups from outside. Every task runs once,
     * the loop is never in two threads, and outside of a retake no two slices run at once.
     */
    @Test
    void underHogsNothingIsLostAndTheLoopIsNeverTwice() throws Exception {
        SelectorLoop loop = start(true);
        AtomicInteger ran = new AtomicInteger();
        int tasks = 30_000;
        List<Thread> producers = new ArrayList<>();
        for (int p = 0; p < 3; p++) {
            boolean throughTheLoop = p == 0;
            producers.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < tasks / 3; i++) {
                                    Runnable task =
                                            ThreadLocalRandom.current().nextInt(500) == 0
                                                    ? () -> hog(ran)
                                                    : () -> {
                                                        LockSupport.parkNanos(1);
                                                        ran.incrementAndGet();
                                                    };
                                    if (throughTheLoop) {
                                        loop.post(() -> engine.execute(task));
                                    } else {
                                        engine.execute(task);
                                    }
                                    if (i % 100 == 0) {
                                        LockSupport.parkNanos(200_000);
                                    }
                                }
                            }));
        }
        for (Thread producer : producers) {
            producer.join();
        }
        await().atMost(Duration.ofSeconds(100)).until(() -> ran.get() == tasks);
        assertThat(engine.retakes()).isPositive();
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        await().until(() -> engine.carriers() == 0);
    }

    /**
     * As a loop that waits for a monitor which is promised to a greenlet of its own hub: XNIO's
     * selectors have one that greenlets and I/O threads want.
     */
    private static Runnable eventThatWaitsForAGreenlet(GeventEngine engine, Thread[] ranOn) {
        return () -> {
            CountDownLatch ran = new CountDownLatch(1);
            engine.execute(() -> {
                ranOn[0] = JdkHubAccess.currentCarrier();
                ran.countDown();
            });
            try {
                ran.await();
            } catch (InterruptedException unexpected) {
                throw new IllegalStateException(unexpected);
            }
        };
    }

    @Test
    void aLoopThatIsHeldInAnEventDoesNotHoldItsGreenlets() throws Exception {
        SelectorLoop loop = start(true);
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        for (int i = 0; i < 20; i++) {
            Thread[] ranOn = new Thread[1];
            FutureTask<Void> event =
                    new FutureTask<>(eventThatWaitsForAGreenlet(engine, ranOn), null);
            loop.post(event);
            event.get();
            assertThat(ranOn[0]).isNotSameAs(loop.thread());
            await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        }
        assertThat(loop.turns()).as("the loop is not free").isZero();
        assertThat(engine.retakes()).isPositive();
    }

    /** No greenlet is interrupted in anything, so it does not matter that retake is off. */
    @Test
    void norWithoutRetake() throws Exception {
        GeventEngine strict = new GeventEngine(1, Watching.OFF);
        SelectorLoop held = loopOf(strict, true).start();
        Thread[] ranOn = new Thread[1];
        FutureTask<Void> event = new FutureTask<>(eventThatWaitsForAGreenlet(strict, ranOn), null);
        held.post(event);
        event.get();
        held.close();
        assertThat(held.overlaps()).isZero();
        assertThat(strict.close(LONG, LONG)).isEmpty();
    }

    /** The loop's own thread is held in a slice, the spare that turns the loop in an event. */
    @Test
    void norDoesASpareThatIsHeldWhileItTurnsTheLoop() throws Exception {
        SelectorLoop loop = start(true);
        for (int i = 0; i < 10; i++) {
            await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
            AtomicBoolean over = new AtomicBoolean();
            engine.execute(() -> {
                while (!over.get() && !stop.get()) {
                    Thread.onSpinWait();
                }
            });
            Thread[] ranOn = new Thread[1];
            Thread[] turnedOn = new Thread[1];
            Runnable waits = eventThatWaitsForAGreenlet(engine, ranOn);
            FutureTask<Void> event =
                    new FutureTask<>(
                            () -> {
                                turnedOn[0] = Thread.currentThread();
                                over.set(true); // its own thread wants the loop back meanwhile
                                waits.run();
                            },
                            null);
            await().until(() -> !carrier().equals(loop.thread()));
            loop.post(event);
            event.get();
            assertThat(ranOn[0]).isNotSameAs(turnedOn[0]);
        }
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        await().until(() -> engine.carriers() == 0);
    }

    /** The carrier that has the hub when the spare leaves the loop goes on turning the loop. */
    @Test
    void norAreEventsForgottenBehindASpareThatWasHeld() throws Exception {
        SelectorLoop loop = start(true);
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        engine.execute(() -> {
            while (!stop.get()) {
                Thread.onSpinWait();
            }
        });
        await().until(() -> !carrier().equals(loop.thread()));
        for (int i = 0; i < 20; i++) {
            FutureTask<Void> event =
                    new FutureTask<>(eventThatWaitsForAGreenlet(engine, new Thread[1]), null);
            loop.post(event);
            event.get();
            FutureTask<Void> next = new FutureTask<>(() -> {}, null);
            loop.post(next);
            next.get();
        }
        stop.set(true);
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
    }

    /**
     * The loop's own thread wakes the spare that sleeps in the loop, to have its hub back, and is
     * held in that, by a lock of the selector that is promised to a greenlet of the hub (ADR 11).
     * It gets the hub meanwhile, and cannot run anything.
     */
    @Test
    void norDoesTheLoopsOwnThreadThatIsHeldWhileItAsksForItsHub() throws Exception {
        SelectorLoop loop = start(true);
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        CountDownLatch held = new CountDownLatch(1);
        loop.behindOwnWakeUp(() -> {
            loop.behindOwnWakeUp(() -> {});
            long retakes = engine.retakes();
            await("the spare has given the hub back") // it may be taken from this thread already
                    .atMost(LONG)
                    .until(() -> engine.carriers() == 0 || engine.retakes() > retakes);
            CountDownLatch promised = new CountDownLatch(1);
            engine.execute(promised::countDown);
            await("the greenlet runs").atMost(LONG).until(() -> promised.getCount() == 0);
            held.countDown();
        });
        // as often as it takes for the spare to be asleep when the hog ends
        while (held.getCount() > 0) {
            AtomicBoolean over = new AtomicBoolean();
            int turns = loop.turns();
            FutureTask<Boolean> hog =
                    new FutureTask<>(() -> {
                        while (!over.get() && !stop.get()) {
                            Thread.onSpinWait();
                        }
                        return true;
                    });
            engine.execute(hog);
            await("a spare turns the loop").until(() -> loop.turns() > turns);
            over.set(true);
            assertThat(hog.get()).isTrue();
            // by events: a slice would take the hub from the thread that is held
            await().pollDelay(Duration.ZERO)
                    .atMost(LONG)
                    .until(() -> turnedBy(loop).equals(loop.thread()));
        }
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
    }

    private static Thread turnedBy(SelectorLoop loop) throws Exception {
        FutureTask<Thread> event = new FutureTask<>(Thread::currentThread);
        loop.post(event);
        return event.get();
    }

    /**
     * The JDK has one thread that hands over all greenlets which have waited for a monitor. It
     * wakes the loop for one of them, and is held in that, by a lock of the selector that is
     * promised to another.
     */
    @Test
    void norDoesTheThreadThatEndsWaitsForMonitors() throws Exception {
        SelectorLoop loop = start(true);
        for (int i = 0; i < 20; i++) {
            await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
            Object monitor = new Object();
            CountDownLatch entered = new CountDownLatch(3);
            List<Thread> greenlets = new CopyOnWriteArrayList<>();
            Thief thief = new Thief(monitor);
            synchronized (monitor) {
                for (int j = 0; j < 3; j++) {
                    engine.execute(() -> {
                        greenlets.add(Thread.currentThread());
                        synchronized (monitor) {
                            entered.countDown();
                        }
                    });
                }
                await().until(() -> greenlets.size() == 3 && allBlocked(greenlets));
                loop.behindWakeUpOfOthers(thief::holdUp);
            }
            await("all enter").atMost(LONG).until(() -> entered.getCount() == 0);
            loop.behindWakeUpOfOthers(() -> {});
            thief.end();
        }
    }

    private static boolean allBlocked(List<Thread> greenlets) {
        return greenlets.stream().allMatch(each -> each.getState() == Thread.State.BLOCKED);
    }

    /** Takes a monitor, and gives it back when one more thread waits for it. */
    private static final class Thief {
        private final Object monitor;
        private final CountDownLatch wanted = new CountDownLatch(1);
        private final CountDownLatch taken = new CountDownLatch(1);
        private final AtomicReference<@Nullable Thread> heldUp = new AtomicReference<>();
        private final Thread thread = Thread.ofPlatform().daemon().start(this::steal);

        Thief(Object monitor) {
            this.monitor = monitor;
        }

        private void steal() {
            try {
                wanted.await();
                synchronized (monitor) {
                    taken.countDown();
                    Thread first = heldUp.get();
                    while (first != null && first.getState() != Thread.State.BLOCKED) {
                        Thread.onSpinWait();
                    }
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }

        /** Lets the first thread that calls this wait for the monitor. */
        void holdUp() {
            if (heldUp.compareAndSet(null, Thread.currentThread())) {
                wanted.countDown();
                await().until(() -> taken.getCount() == 0);
                synchronized (monitor) {
                    heldUp.get(); // nothing: it has the monitor
                }
            }
        }

        void end() throws InterruptedException {
            wanted.countDown();
            thread.join();
        }
    }

    /** Sleeps of all lengths: on the hub's timers, on spare ones, and those that others end. */
    @Test
    void sleepsEndOnALoopThatHasNothingElseToDo() throws Exception {
        SelectorLoop loop = start(true);
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        int before = loop.looks();
        for (int i = 0; i < 20; i++) {
            long nanos = ThreadLocalRandom.current().nextLong(30_000_000);
            long slept =
                    EngineContract.on(
                            engine,
                            () -> {
                                long begin = System.nanoTime();
                                long left = nanos;
                                while (left > 0) {
                                    LockSupport.parkNanos(left);
                                    left = begin + nanos - System.nanoTime();
                                }
                                return System.nanoTime() - begin;
                            });
            assertThat(slept).isGreaterThanOrEqualTo(nanos);
        }
        assertThat(loop.looks() - before).as("looks: it waits, it does not spin").isLessThan(400);
    }

    /** As Tomcat's pollers do each second. */
    @Test
    void aLoopThatWakesForNothingDoesNotKeepTheWatchAwake() throws Exception {
        SelectorLoop loop = start(true);
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        Thread watch =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("treadle-watch"))
                        .findAny()
                        .orElseThrow();
        // it would look on for a second after each: never asleep before two of them
        int asleepInARow = 0;
        while (asleepInARow < 5) {
            CountDownLatch woken = new CountDownLatch(1);
            loop.post(woken::countDown);
            woken.await();
            LockSupport.parkNanos(50_000_000);
            // not TIMED_WAITING: parked without a limit
            asleepInARow = watch.getState() == Thread.State.WAITING ? asleepInARow + 1 : 0;
        }
    }

    @Test
    void whileTheLoopIsHeldTheSleepsOfOthersEndOnTheSpareCarrier() throws Exception {
        SelectorLoop loop = start(true);
        FutureTask<Thread> sleeper =
                new FutureTask<>(() -> {
                    Thread.sleep(50);
                    return JdkHubAccess.currentCarrier();
                });
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
        engine.execute(sleeper);
        engine.execute(() -> {
            while (!stop.get()) {
                Thread.onSpinWait();
            }
        });
        assertThat(sleeper.get().getName()).isEqualTo("treadle-hub-0");
        stop.set(true);
        await().untilAsserted(() -> assertThat(carrier()).isSameAs(loop.thread()));
    }

    private static void hog(AtomicInteger ran) {
        long end = System.nanoTime() + ThreadLocalRandom.current().nextLong(30_000_000);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        ran.incrementAndGet();
    }
}
