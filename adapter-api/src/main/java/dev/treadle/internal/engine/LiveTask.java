package dev.treadle.internal.engine;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * A task and the virtual thread that runs it, from the moment the engine takes it until it ends.
 * The thread may be made later than that.
 */
final class LiveTask implements Runnable {
    private static final Logger LOG = System.getLogger("dev.treadle.workers");

    private final Runnable task;
    private final LiveTasks live;
    private final String name;

    int place; // in the roster: of the thread that begins the task, then that ends it

    // guarded by this: an interrupt may come before the thread is there
    private @Nullable Thread thread;
    private boolean interrupted;

    LiveTask(String name, Runnable task, LiveTasks live) {
        this.name = name;
        this.task = task;
        this.live = live;
    }

    String name() {
        return name;
    }

    Runnable task() {
        return task;
    }

    /** Returns the thread that is to run it, or runs it; null if there is none yet. */
    synchronized @Nullable Thread thread() {
        return thread;
    }

    /** Runs the task on the current thread, which is its own. */
    @Override
    public void run() {
        try {
            task.run();
        } finally {
            live.end(this);
        }
    }

    /** Says which thread is to run it, before that is started. */
    synchronized void runsOn(Thread fresh) {
        thread = fresh;
        if (interrupted) {
            fresh.interrupt();
        }
    }

    /** Interrupts its thread, now or as soon as it has one. */
    synchronized void interrupt() {
        interrupted = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    /**
     * Runs the task on the current thread because no virtual thread can be made for it. Otherwise
     * the failure would reach no caller, and a request would hang for ever.
     */
    void runWithoutThread(Throwable why) {
        LOG.log(
                Level.ERROR,
                name + ": no virtual thread could be made; it runs on its carrier, as one slice",
                why);
        run();
    }
}
