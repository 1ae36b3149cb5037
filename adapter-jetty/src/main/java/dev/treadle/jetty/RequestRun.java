package dev.treadle.jetty;

import dev.treadle.gate.Permit;

import org.jspecify.annotations.Nullable;

/**
 * A thread that runs code of the application for an admitted request: the permit knows it, and so
 * do the tasks that this thread hands to Jetty's executor.
 *
 * <p>Of a task that a context executes (asynchronous listeners, {@code AsyncContext.start}) Jetty
 * 12.0 does not tell the request. It is the request of the thread that hands the task over ({@link
 * WorkerTasks}).
 */
final class RequestRun {
    private static final ThreadLocal<@Nullable Permit> CURRENT = new ThreadLocal<>();

    private RequestRun() {}

    /**
     * Returns the permit of the request that the current thread runs for; null if there is none.
     */
    static @Nullable Permit current() {
        return CURRENT.get();
    }

    /** Begins a run; returns what {@link #end} needs. Runs may be nested. */
    static @Nullable Permit begin(Permit permit) {
        permit.enterThread();
        return tell(permit);
    }

    static void end(Permit permit, @Nullable Permit before) {
        restore(before);
        permit.leaveThread();
    }

    static void run(Permit permit, Runnable code) {
        Permit before = begin(permit);
        try {
            code.run();
        } finally {
            end(permit, before);
        }
    }

    /**
     * Runs code of Jetty that only hands tasks over: it must not be interrupted, for it runs on
     * threads that serve other requests too.
     */
    static void tell(Permit permit, Runnable code) {
        Permit before = tell(permit);
        try {
            code.run();
        } finally {
            restore(before);
        }
    }

    private static @Nullable Permit tell(Permit permit) {
        Permit before = CURRENT.get();
        CURRENT.set(permit);
        return before;
    }

    private static void restore(@Nullable Permit before) {
        // null too: each request would pay for an entry that is taken away and made anew
        CURRENT.set(before);
    }
}
