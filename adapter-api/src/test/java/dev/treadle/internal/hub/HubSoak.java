package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Everything a hub may meet, for some minutes, with each slice accounted for: none lost, none run
 * twice, and no two carriers in one hub but where the watch has taken it from one of them. Not part
 * of the build: CONTRIBUTING.md has the command.
 */
final class HubSoak {
    private static final long SLICES = Long.getLong("treadle.soak.slices", 24_000_000);
    private static final int HUBS = 2;
    private static final int MOST_AT_ONCE = 2_000;
    private static final int MOST_STEPS = 40;
    private static final Duration RETAKE = Duration.ofMillis(5);
    private static final long STALLED_NANOS = Duration.ofSeconds(60).toNanos();

    private final CarrierThreads threads = new CarrierThreads(HUBS);
    private final Watched[] hubs = new Watched[HUBS];
    private final HubWatch watch;
    private final AtomicBoolean over = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Sleeper> asleep = new ConcurrentLinkedQueue<>();

    private final LongAdder offered = new LongAdder();
    private final LongAdder ran = new LongAdder();
    private final LongAdder ranTwice = new LongAdder();
    private final LongAdder overlaps = new LongAdder();
    private final AtomicInteger alive = new AtomicInteger();
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder children = new LongAdder();
    private final LongAdder parks = new LongAdder();
    private final LongAdder timedParks = new LongAdder();
    private final LongAdder patientParks = new LongAdder();
    private final LongAdder yields = new LongAdder();
    private final LongAdder hogs = new LongAdder();
    private final LongAdder loops = new LongAdder();
    private final LongAdder turns = new LongAdder();
    private final LongAdder loopOverlaps = new LongAdder();

    HubSoak() {
        Hub[] plain = new Hub[HUBS];
        for (int i = 0; i < HUBS; i++) {
            plain[i] = new Hub(i, threads);
            hubs[i] = new Watched(plain[i]);
        }
        watch = new HubWatch(plain, new Watching(RETAKE, null), WarmUp.ofThisJvm());
        for (Hub hub : plain) {
            hub.watchedBy(watch);
        }
        watch.start();
    }

    /** The scheduler of all virtual threads here: a hub, with an account of each slice. */
    private final class Watched implements Executor {
        private final Hub hub;

        /** The carrier that was the last to enter a slice of this hub and is still in it. */
        private final AtomicReference<@Nullable Carrier> inside = new AtomicReference<>();

        private final Executor scheduler;

        Watched(Hub hub) {
            this.hub = hub;
            this.scheduler =
                    JdkHubAccess.schedulersKeepTimers()
                            ? new TimedScheduler(this, hub::schedule)
                            : this;
        }

        @Override
        public void execute(Runnable slice) {
            offered.increment();
            hub.execute(new Slice(this, slice));
        }

        void startTask() {
            alive.incrementAndGet();
            begun.increment();
            Thread greenlet = JdkHubAccess.newVirtualThread(scheduler, "soak", new Task());
            if (ThreadLocalRandom.current().nextBoolean()) {
                greenlet.start();
            } else {
                hub.execute(() -> hub.startHere(greenlet, null)); // as the engine does
            }
        }
    }

    private final class Slice implements Runnable {
        private final Watched hub;
        private final Runnable slice;
        private final AtomicBoolean entered = new AtomicBoolean();

        Slice(Watched hub, Runnable slice) {
            this.hub = hub;
            this.slice = slice;
        }

        @Override
        public void run() {
            if (!entered.compareAndSet(false, true)) {
                ranTwice.increment();
                return;
            }
            Carrier self = Carrier.of(Thread.currentThread());
            if (self == null) {
                throw new IllegalStateException("a slice runs on a carrier");
            }
            Carrier before = hub.inside.getAndSet(self);
            // a carrier that lost the hub in a slice may still be in that slice; this one may have
            // lost it too, and so come here after the next carrier
            if (before != null && !before.equals(self) && !before.isOut() && !self.isOut()) {
                overlaps.increment();
            }
            try {
                slice.run();
            } finally {
                hub.inside.compareAndSet(self, null);
                ran.increment();
            }
        }
    }

    /** A greenlet that parks until a foreign thread wakes it. */
    private static final class Sleeper {
        private final Thread thread = Thread.currentThread();
        private volatile boolean woken;

        void sleep() {
            while (!woken) {
                LockSupport.park(this);
            }
        }

        /** With a limit that is never reached: its timer is cancelled. */
        void sleepPatiently() {
            while (!woken) {
                LockSupport.parkNanos(this, STALLED_NANOS);
            }
        }

        void wake() {
            woken = true;
            LockSupport.unpark(thread);
        }
    }

    private final class Task implements Runnable {
        @Override
        public void run() {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            for (int left = random.nextInt(MOST_STEPS); left > 0 && !over.get(); left--) {
                step(random);
            }
            ended.increment();
            alive.decrementAndGet();
        }

        @SuppressWarnings("ThreadPriorityCheck") // a yield is one of the blocking points
        private void step(ThreadLocalRandom random) {
            int what = random.nextInt(100);
            if (random.nextInt(20_000) == 0) {
                hogs.increment();
                spin(random.nextLong(12_000_000));
            } else if (what < 25) {
                parks.increment();
                Sleeper sleeper = new Sleeper();
                asleep.add(sleeper);
                sleeper.sleep();
            } else if (what < 30) {
                timedParks.increment();
                // some too short for the timers of a loop
                LockSupport.parkNanos(random.nextInt(1, 4_000_000));
            } else if (what < 31) {
                patientParks.increment();
                Sleeper sleeper = new Sleeper();
                asleep.add(sleeper);
                sleeper.sleepPatiently();
            } else if (what < 34 && alive.get() < MOST_AT_ONCE) {
                children.increment();
                alive.incrementAndGet();
                begun.increment();
                Thread.startVirtualThread(new Task());
            } else {
                yields.increment();
                Thread.yield();
            }
        }

        private void spin(long nanos) {
            long end = System.nanoTime() + nanos;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }
    }

    private void produce() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (!over.get()) {
            if (alive.get() < MOST_AT_ONCE && random.nextInt(100) != 0) {
                hubs[random.nextInt(HUBS)].startTask();
            } else {
                // long enough, at times, for the hubs to fall asleep
                LockSupport.parkNanos(random.nextInt(100) == 0 ? 3_000_000 : 100_000);
            }
        }
    }

    private void wakeSleepers() {
        while (!over.get() || alive.get() > 0) {
            Sleeper sleeper = asleep.poll();
            if (sleeper == null) {
                LockSupport.parkNanos(20_000);
            } else {
                sleeper.wake();
            }
        }
    }

    private void attachAndDetach(Watched hub) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (!over.get()) {
            SelectorLoop loop = new SelectorLoop(hub.hub::attach, random.nextInt(4) != 0).start();
            LockSupport.parkNanos(random.nextLong(100_000_000));
            loop.close();
            loops.increment();
            turns.add(loop.turns());
            loopOverlaps.add(loop.overlaps());
            LockSupport.parkNanos(random.nextLong(30_000_000));
        }
    }

    @Test
    void everySliceRunsOnceWhateverHappens() throws Exception {
        long start = System.nanoTime();
        List<Thread> roles = new ArrayList<>();
        roles.add(Thread.ofPlatform().start(this::produce));
        roles.add(Thread.ofPlatform().start(this::wakeSleepers));
        roles.add(Thread.ofPlatform().start(this::wakeSleepers));
        for (Watched hub : hubs) {
            roles.add(Thread.ofPlatform().start(() -> attachAndDetach(hub)));
        }
        try {
            untilRan(() -> ran.sum() >= SLICES);
        } finally {
            over.set(true);
        }
        untilRan(() -> alive.get() == 0 && ran.sum() == offered.sum());
        for (Thread role : roles) {
            role.join();
        }
        print(System.nanoTime() - start);
        for (Watched hub : hubs) {
            hub.hub.close();
        }
        threads.keepNoSpares();
        watch.close();
        await("all carriers end").until(() -> threads.carrying() == 0);
        assertThat(ran.sum()).as("slices run").isEqualTo(offered.sum());
        assertThat(ended.sum()).as("tasks ended").isEqualTo(begun.sum());
        assertThat(ranTwice.sum()).as("slices run twice").isZero();
        assertThat(overlaps.sum()).as("two carriers in one hub").isZero();
        assertThat(loopOverlaps.sum()).as("two threads in one loop").isZero();
        assertThat(watch.retakes()).as("retakes").isPositive();
        assertThat(turns.sum()).as("turns of loops on other threads").isPositive();
    }

    /** Fails as soon as nothing runs any more. */
    private void untilRan(BooleanSupplier condition) throws Exception {
        long seen = -1;
        long since = System.nanoTime();
        while (!condition.getAsBoolean()) {
            long now = ran.sum();
            if (now != seen) {
                seen = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > STALLED_NANOS) {
                print(0);
                throw new AssertionError("nothing runs any more: a slice or a wake-up was lost");
            }
            Thread.sleep(20);
        }
    }

    private void print(long nanos) {
        System.out.printf(
                "%,d slices in %d s on JDK %s: %,d offered, %,d lost, %,d run twice, %,d times two"
                        + " carriers in one hub%n",
                ran.sum(),
                Duration.ofNanos(nanos).toSeconds(),
                Runtime.version(),
                offered.sum(),
                offered.sum() - ran.sum(),
                ranTwice.sum(),
                overlaps.sum());
        System.out.printf(
                "%,d tasks, %,d of them children: %,d ended, %,d lost%n",
                begun.sum(), children.sum(), ended.sum(), begun.sum() - ended.sum());
        System.out.printf(
                "%,d yields, %,d parks that foreign threads ended and %,d more with a limit, %,d timed"
                        + " parks, %,d hogs, %,d retakes%n",
                yields.sum(),
                parks.sum(),
                patientParks.sum(),
                timedParks.sum(),
                hogs.sum(),
                watch.retakes());
        System.out.printf(
                "%,d loops attached and detached, %,d turns on other threads, %,d times two threads"
                        + " in one loop%n",
                loops.sum(), turns.sum(), loopOverlaps.sum());
    }
}
