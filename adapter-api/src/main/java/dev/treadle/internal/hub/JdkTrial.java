package dev.treadle.internal.hub;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Performs once, with a real virtual thread, each operation on the JDK's internals that a hub
 * depends on. A name that is found says little: JDK 26 has the methods of JDK 25 and calls others.
 *
 * <p>Each method returns what is wrong, or null if all is well. A trial that fails leaves no thread
 * behind. This is a class of its own because the initialiser of {@link JdkHubAccess} runs it: code
 * of that class on another thread would wait for the end of the initialiser.
 */
final class JdkTrial {
    /** How long a failed trial waits for its thread to end. */
    private static final long END_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long the JDK may take to hand over a thread: it takes microseconds. */
    private static final long UNBLOCK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final String NAME = "treadle-trial";

    private JdkTrial() {}

    /** Makes a virtual thread that a scheduler runs. */
    interface NewThread {
        /** Returns the thread, not started yet. */
        Thread make(Executor scheduler, String name, Runnable task) throws Throwable;
    }

    /** Makes a scheduler that is to hand over slices and timers. */
    interface NewScheduler {
        /** Returns the scheduler. */
        ForkJoinPool make(Executor slices, TimedScheduler.Timers timers);
    }

    /** Runs a virtual thread on a scheduler of ours and asks it for its carrier. */
    static @Nullable String ofHubs(NewThread newThread, MethodHandle currentCarrier) {
        BlockingQueue<Runnable> slices = new LinkedBlockingQueue<>();
        CarrierTask task = new CarrierTask(currentCarrier);
        try {
            newThread.make(slices::add, NAME, task).start();
        } catch (Throwable broken) {
            return "makes no virtual thread on a scheduler of ours: " + broken;
        }
        Runnable slice = slices.poll();
        if (slice == null) {
            return "does not hand the slices of a virtual thread to the scheduler it was given";
        }
        Thread carrier = runOnPlatformThread(slice);
        if (!task.ran) {
            return "does not run a virtual thread on the scheduler it was given";
        }
        return carrier.equals(task.carrier)
                ? null
                : "does not tell the carrier of a virtual thread: "
                        + task.carrier
                        + " (expected: "
                        + carrier
                        + ")";
    }

    private static final class CarrierTask implements Runnable {
        private final MethodHandle currentCarrier;
        private volatile @Nullable Object carrier;
        private volatile boolean ran;

        CarrierTask(MethodHandle currentCarrier) {
            this.currentCarrier = currentCarrier;
        }

        @Override
        public void run() {
            try {
                carrier = (Thread) currentCarrier.invokeExact();
            } catch (Throwable broken) {
                carrier = broken;
            }
            ran = true;
        }
    }

    private static final TimedScheduler.Timers NO_TIMERS =
            (command, delay, unit) -> {
                throw new UnsupportedOperationException("nothing waits here");
            };

    /** Asks for the thread of a slice that a scheduler of ours gets. */
    static @Nullable String ofReports(NewThread newThread, boolean keepTimers) {
        BlockingQueue<Runnable> slices = new LinkedBlockingQueue<>();
        try {
            Executor plain = slices::add;
            Executor scheduler = keepTimers ? new TimedScheduler(plain, NO_TIMERS) : plain;
            Thread thread = newThread.make(scheduler, NAME, () -> {});
            thread.start();
            Runnable slice = slices.poll();
            if (slice == null) {
                return "hands over no slice";
            }
            Thread told = SliceOwner.of(slice);
            runOnPlatformThread(slice);
            return thread.equals(told) ? null : "does not tell the thread of " + slice;
        } catch (Throwable differs) {
            return differs.toString();
        }
    }

    /**
     * Lets a virtual thread have two slices, and asks whether they are known to be of one thread.
     */
    static @Nullable String ofSliceKeys(NewThread newThread, boolean keepTimers) {
        BlockingQueue<Runnable> slices = new LinkedBlockingQueue<>();
        try {
            Executor plain = slices::add;
            Executor scheduler = keepTimers ? new TimedScheduler(plain, NO_TIMERS) : plain;
            newThread.make(scheduler, NAME, Thread::yield).start();
            newThread.make(scheduler, NAME, Thread::yield).start();
            List<Runnable> keys = new ArrayList<>();
            for (Runnable slice = slices.poll(); slice != null; slice = slices.poll()) {
                Runnable key = SliceKey.of(slice);
                if (key == null) {
                    return "does not tell the thread of " + slice;
                }
                keys.add(key);
                runOnPlatformThread(slice);
            }
            boolean apart =
                    keys.size() == 2 * 2
                            && keys.get(0).equals(keys.get(2))
                            && keys.get(1).equals(keys.get(3))
                            && !keys.get(0).equals(keys.get(1));
            return apart ? null : "does not tell the slices of two threads apart: " + keys;
        } catch (Throwable differs) {
            return differs.toString();
        }
    }

    /**
     * Lets a virtual thread park with a limit on a scheduler that is a ForkJoinPool by type. The
     * JDK has to hand that the slices and the timer, and to cancel the timer.
     */
    static @Nullable String ofTimers(NewThread newThread, NewScheduler newScheduler) {
        BlockingQueue<Runnable> slices = new LinkedBlockingQueue<>();
        HubTimers timers = new HubTimers();
        PatientTask task = new PatientTask();
        ForkJoinPool scheduler = newScheduler.make(slices::add, task.keptIn(timers));
        Thread thread = null;
        String problem;
        try {
            thread = newThread.make(scheduler, NAME, task);
            thread.start();
            int run = runAll(slices, thread);
            problem = task.problem(run, timers);
        } catch (Throwable differs) {
            problem = differs.toString();
        }
        if (problem != null) {
            end(scheduler, slices, thread);
        }
        return problem;
    }

    /** A slice, and the thread that handed it over. */
    private record Handed(Runnable slice, Thread by) {}

    /**
     * Lets a virtual thread wait for a monitor on a scheduler of ours, and tells {@code unblocker}
     * the thread that hands over its slice when the monitor is free; nothing if the thread that has
     * left the monitor does so itself. To be called on JDK 24 or later (JEP 491): before, a virtual
     * thread that waits for a monitor keeps its carrier.
     */
    static @Nullable String ofMonitors(NewThread newThread, Consumer<Thread> unblocker) {
        BlockingQueue<Handed> handed = new LinkedBlockingQueue<>();
        Executor scheduler = slice -> handed.add(new Handed(slice, Thread.currentThread()));
        Object monitor = new Object();
        EnteringTask task = new EnteringTask(monitor);
        try {
            newThread.make(scheduler, NAME, task).start();
            Handed first = handed.poll();
            if (first == null) {
                return "hands over no slice";
            }
            synchronized (monitor) {
                runOnFreshThread(first.slice()); // a carrier must own no monitor
            }
            Handed next = handed.poll(UNBLOCK_NANOS, TimeUnit.NANOSECONDS);
            if (next == null) {
                return "no thread hands over a virtual thread that has waited for a monitor";
            }
            runOnPlatformThread(next.slice());
            if (!next.by().equals(Thread.currentThread())) {
                unblocker.accept(next.by());
            }
            return task.entered ? null : "a virtual thread does not get the monitor it waited for";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "interrupted before it was found";
        } catch (Throwable differs) {
            return differs.toString();
        }
    }

    private static final class EnteringTask implements Runnable {
        private final Object monitor;
        private volatile boolean entered;

        EnteringTask(Object monitor) {
            this.monitor = monitor;
        }

        @Override
        public void run() {
            synchronized (monitor) {
                entered = true;
            }
        }
    }

    /** Runs the slices, the next after an unpark; returns how many there were. */
    private static int runAll(Queue<Runnable> slices, Thread thread) {
        int count = 0;
        for (Runnable slice = slices.poll(); slice != null; slice = slices.poll()) {
            runOnPlatformThread(slice);
            LockSupport.unpark(thread);
            count++;
        }
        return count;
    }

    private static final class PatientTask implements Runnable {
        private static final long LONG_NANOS = TimeUnit.DAYS.toNanos(1);

        private final AtomicInteger asked = new AtomicInteger();
        private volatile boolean ran;

        @Override
        public void run() {
            LockSupport.parkNanos(this, LONG_NANOS);
            ran = true;
        }

        TimedScheduler.Timers keptIn(HubTimers timers) {
            return (command, delay, unit) -> {
                asked.incrementAndGet();
                return timers.schedule(command, unit.toNanos(delay));
            };
        }

        @Nullable String problem(int slices, HubTimers timers) {
            if (slices == 0) {
                return "it hands no slice to a scheduler that is a ForkJoinPool";
            }
            if (asked.get() != 1) {
                return "it set " + asked + " timers with the scheduler (expected: 1)";
            }
            if (!ran) {
                return "it does not wake a thread that waits with a limit";
            }
            return timers.isEmpty() ? null : "it does not cancel a timer that is not needed";
        }
    }

    /** Lets the thread come to its end, wherever it is, and ends the threads of the pool. */
    private static void end(
            ForkJoinPool scheduler, Queue<Runnable> slices, @Nullable Thread thread) {
        long end = System.nanoTime() + END_NANOS;
        while (thread != null && thread.isAlive() && System.nanoTime() < end) {
            LockSupport.unpark(thread);
            if (runAll(slices, thread) == 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
        scheduler.shutdownNow();
    }

    /**
     * Runs a slice to its end and returns its carrier. A virtual thread cannot be a carrier, and
     * the first caller may be one.
     */
    private static Thread runOnPlatformThread(Runnable slice) {
        if (!Thread.currentThread().isVirtual()) {
            slice.run();
            return Thread.currentThread();
        }
        return runOnFreshThread(slice);
    }

    private static Thread runOnFreshThread(Runnable slice) {
        Thread carrier = Thread.ofPlatform().daemon().name(NAME).start(slice);
        boolean interrupted = false;
        while (carrier.isAlive()) {
            try {
                carrier.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return carrier;
    }
}
