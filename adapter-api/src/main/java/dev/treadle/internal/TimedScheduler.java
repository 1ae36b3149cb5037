package dev.treadle.internal;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A scheduler of virtual threads on a JDK that asks it to keep their timers, which is JDK 25. It
 * does so only if the scheduler is a ForkJoinPool ({@code VirtualThread.schedule}): so this is one
 * by type, and none in what it does. It never has a thread.
 */
final class TimedScheduler extends ForkJoinPool {
    private final Executor slices;
    private final Timers timers;

    /** Who keeps the timers. */
    interface Timers {
        /** Runs {@code command}, which does not block, once the time has passed. */
        ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit);
    }

    /**
     * @param slices gets the slices of the virtual threads
     */
    TimedScheduler(Executor slices, Timers timers) {
        super(1);
        this.slices = slices;
        this.timers = timers;
    }

    @Override
    public void execute(Runnable slice) {
        slices.execute(slice);
    }

    /** Overrides what ForkJoinPool has since JDK 25, while this is compiled for 21. */
    @SuppressWarnings("MissingOverride")
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return timers.schedule(command, delay, unit);
    }
}
