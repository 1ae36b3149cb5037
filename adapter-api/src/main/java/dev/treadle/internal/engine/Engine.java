package dev.treadle.internal.engine;

import java.time.Duration;
import java.util.List;

/**
 * Runs the tasks of one worker model. It has no limit of its own: while open it takes every task,
 * because some of them let requests inside go on (async timeouts, HTTP/2 frames). All methods are
 * safe for any thread.
 */
public interface Engine {
    /**
     * Runs the task on a thread of this engine, soon.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the engine is closed
     */
    void execute(Runnable task);

    /**
     * Runs the task as {@link #execute}, but where there are hubs on the one with the fewest live
     * greenlets, also if it comes from a hub or from the event loop that carries one.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the engine is closed
     */
    default void executeSpread(Runnable task) {
        execute(task);
    }

    /**
     * Runs {@code wait}, which parks the current thread for long, and meanwhile makes up for the
     * thread that is lost to the engine, where threads are scarce.
     *
     * @throws InterruptedException what {@code wait} throws
     */
    void whileWaiting(Wait wait) throws InterruptedException;

    /**
     * Whether the thread is one of this engine's that are scarce: a platform thread of its pool.
     */
    default boolean owns(Thread thread) {
        return false;
    }

    /** Returns how many tasks are begun and not ended; a snapshot. */
    int activeTasks();

    /**
     * Returns how many threads stand ready or run tasks: platform threads or live greenlets; a
     * snapshot.
     */
    int liveThreads();

    /**
     * Takes no new task, lets those begun or queued end, interrupts what is left after the grace,
     * and gives that up to {@code afterInterrupt} to end. Calling it again is harmless. Threads of
     * the engine end as soon as they have nothing left to run.
     *
     * @return the names of the threads that still run, which are left to themselves; empty if all
     *     ended
     * @throws InterruptedException if interrupted while waiting; the engine is closed all the same
     */
    List<String> close(Duration grace, Duration afterInterrupt) throws InterruptedException;

    /** A wait that an engine may make up for. */
    @FunctionalInterface
    interface Wait {
        /** Waits. */
        void await() throws InterruptedException;
    }
}
