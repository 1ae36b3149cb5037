package dev.treadle.internal.hub;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A scheduler of virtual threads on a JDK that asks it to keep their timers (JDK 25 and later). The
 * JDK does so only if the scheduler is a ForkJoinPool ({@code VirtualThread.schedule}). So this
 * class is a ForkJoinPool by type only: it never has a thread, and its queues stay empty.
 *
 * <p>JDK 25 hands over a slice by {@code execute(Runnable)}, JDK 26 by {@code submit(ForkJoinTask)}
 * with the slice inside the task. All methods that the JDK could choose are overridden: a slice in
 * the queues of the pool would never run.
 */
final class TimedScheduler extends ForkJoinPool {
    private final Executor slices;
    private final Timers timers;

    /** Keeps the timers. */
    interface Timers {
        /** Runs {@code command}, which does not block, once the time has passed. */
        ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit);
    }

    /**
     * @param slices gets the slices of the virtual threads
     */
    TimedScheduler(Executor slices, Timers timers) {
        super(1, pool -> null, null, false);
        this.slices = slices;
        this.timers = timers;
    }

    @Override
    public void execute(Runnable slice) {
        slices.execute(slice);
    }

    @Override
    public void execute(ForkJoinTask<?> slice) {
        hand(slice);
    }

    @Override
    public <T> ForkJoinTask<T> submit(ForkJoinTask<T> slice) {
        hand(slice);
        return slice;
    }

    @Override
    public <T> ForkJoinTask<T> externalSubmit(ForkJoinTask<T> slice) {
        hand(slice);
        return slice;
    }

    @Override
    public <T> ForkJoinTask<T> lazySubmit(ForkJoinTask<T> slice) {
        hand(slice);
        return slice;
    }

    private void hand(ForkJoinTask<?> slice) {
        // the JDK's wrapper of a Runnable is itself one, which saves a lambda for each slice
        slices.execute(slice instanceof Runnable wrapper ? wrapper : slice::invoke);
    }

    /** Overrides what ForkJoinPool has since JDK 25, while this is compiled for 21. */
    @SuppressWarnings("MissingOverride")
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return timers.schedule(command, delay, unit);
    }
}
