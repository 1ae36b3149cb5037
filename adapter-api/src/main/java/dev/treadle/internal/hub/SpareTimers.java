package dev.treadle.internal.hub;

import dev.treadle.internal.base.NeutralThreads;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The timers that a hub does not keep: those too short for the wait of an event loop, and those
 * that are left when a hub has ended. One OS thread, made when the first one comes, which ends by
 * itself. Safe for any thread.
 */
final class SpareTimers implements HubTimers.Destination {
    private static final long IDLE_SECONDS = 10;

    private final ScheduledThreadPoolExecutor pool;

    SpareTimers() {
        pool =
                new ScheduledThreadPoolExecutor(
                        1, work -> NeutralThreads.daemon("treadle-timer", work));
        pool.setRemoveOnCancelPolicy(true);
        pool.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delayNanos) {
        return pool.schedule(command, delayNanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Lets the thread end soon after it has nothing to do, from now on. Not at once: as long as a
     * timer is left, the pool looks that often whether there is one.
     */
    void end() {
        pool.setKeepAliveTime(1, TimeUnit.SECONDS);
    }
}
