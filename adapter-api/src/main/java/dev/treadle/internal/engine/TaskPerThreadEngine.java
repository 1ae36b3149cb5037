package dev.treadle.internal.engine;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Common code of the engines that make a new virtual thread for each task, on any scheduler.
 * Virtual threads are cheap enough that a waiting one needs no substitute.
 *
 * <p>The threads get the context class loader of the thread that made the engine. The thread that
 * starts a request thread (a selector, a thread of another application) may have a class loader
 * that does not suit the container's own code.
 */
abstract class TaskPerThreadEngine implements Engine {
    private final LiveTasks live = new LiveTasks(Roster.DEFAULT_SLOTS);
    private final String namePrefix;
    private final @Nullable ClassLoader contextLoader =
            Thread.currentThread().getContextClassLoader();
    private final AtomicLong sequence = new AtomicLong();

    /**
     * @param namePrefix of the threads; a number follows
     */
    TaskPerThreadEngine(String namePrefix) {
        this.namePrefix = namePrefix;
    }

    /**
     * Takes a task: from here on it counts as active, and a close waits for it.
     *
     * @throws RejectedExecutionException if the engine is closed
     */
    final LiveTask take(Runnable task) {
        LiveTask taken = new LiveTask(namePrefix + sequence.incrementAndGet(), task, live);
        if (!live.begin(taken)) {
            throw new RejectedExecutionException(
                    "Treadle's workers are closed; task " + task + " was not started");
        }
        return taken;
    }

    /** Gives back a task that was taken and cannot be run. */
    final void giveBack(LiveTask task) {
        live.end(task);
    }

    /** Readies a fresh thread for a task, before it is started. */
    final Thread prepared(LiveTask task, Thread fresh) {
        fresh.setContextClassLoader(contextLoader);
        task.runsOn(fresh);
        return fresh;
    }

    /** Calls {@code action} for every task that was taken and has not ended; a snapshot. */
    final void forEachTask(Consumer<LiveTask> action) {
        live.forEach(action);
    }

    @Override
    public final void whileWaiting(Wait wait) throws InterruptedException {
        wait.await();
    }

    @Override
    public final int activeTasks() {
        return live.size();
    }

    @Override
    public final int liveThreads() {
        return live.size();
    }

    @Override
    public List<String> close(Duration grace, Duration afterInterrupt) throws InterruptedException {
        return live.closeAndAwait(grace, afterInterrupt);
    }
}
