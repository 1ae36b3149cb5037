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

    private static final ThreadLocal<@Nullable Borrowed> BORROWED = new ThreadLocal<>();

    /**
     * A task that runs for the request of the thread that handed it over, until a context says that
     * it is another request's: one request may dispatch another. Used by the thread of the task.
     */
    private static final class Borrowed {
        final Permit permit;
        int scopesOfOthers; // nested ones

        Borrowed(Permit permit) {
            this.permit = permit;
        }
    }

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

    /** Runs a task that a thread of a request has handed over. */
    static void borrow(Permit permit, Runnable task) {
        Borrowed before = BORROWED.get();
        BORROWED.set(new Borrowed(permit));
        try {
            run(permit, task);
        } finally {
            BORROWED.set(before);
        }
    }

    /**
     * The current thread runs code of a request in the scope of a context, until {@link
     * #exitScope}. If it ran for another request by a guess, it does so no more meanwhile.
     */
    static void enterScope(Permit permit) {
        if (!permit.equals(CURRENT.get())) {
            Borrowed borrowed = BORROWED.get();
            if (borrowed != null
                    && (borrowed.scopesOfOthers > 0 || borrowed.permit.equals(CURRENT.get()))) {
                if (borrowed.scopesOfOthers == 0) {
                    CURRENT.set(null);
                    borrowed.permit.leaveThread();
                }
                borrowed.scopesOfOthers++;
            }
        }
        permit.enterThread();
    }

    static void exitScope(Permit permit) {
        permit.leaveThread();
        if (!permit.equals(CURRENT.get())) {
            Borrowed borrowed = BORROWED.get();
            if (borrowed != null && borrowed.scopesOfOthers > 0) {
                borrowed.scopesOfOthers--;
                if (borrowed.scopesOfOthers == 0) {
                    borrowed.permit.enterThread();
                    CURRENT.set(borrowed.permit);
                }
            }
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
