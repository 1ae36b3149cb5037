package dev.treadle.stats;

import dev.treadle.internal.base.WaitFrames;

import java.util.List;
import java.util.Locale;

/**
 * The thing that a request does, or waits for, at one moment.
 *
 * @since 0.2.0
 */
public enum RequestState {
    /** It waits in the queue at the gate or at a limit by path. */
    QUEUED,
    /**
     * Its thread runs, or could run: it waits for nothing but a core or its hub. A native call
     * counts as running too, unless it is known to wait, and so does a read from a file.
     */
    RUNNING,
    /** Its thread waits for bytes of a connection, or for room for some. */
    SOCKET,
    /** Its thread waits for a lock, a monitor or a semaphore. */
    LOCK,
    /** Its thread sleeps. */
    SLEEP,
    /**
     * Its thread waits for a connection of a pool: of HikariCP, Tomcat JDBC, Commons Pool and DBCP,
     * c3p0, Agroal, the MongoDB driver and Apache HttpClient 4 and 5, or for a place in a {@link
     * dev.treadle.stats.LimitStats limit} of the application.
     */
    POOL,
    /** It goes on without a thread. */
    ASYNC,
    /** It is an event stream that is counted apart from N, with a thread or without. */
    STREAM,
    /** Its thread waits for something else, mostly another thread: a future, a latch, a queue. */
    OTHER;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** Returns its name in JSON and in text, such as {@code socket}. */
    public String word() {
        return word;
    }

    /**
     * Returns the state of a request from its thread.
     *
     * @param state the state of the thread, read after the stack
     * @param stack the stack of the thread, the top first; empty if unknown
     */
    public static RequestState of(Thread.State state, List<StackTraceElement> stack) {
        return switch (WaitFrames.cause(state, stack)) {
            case NONE -> RUNNING;
            case SOCKET -> SOCKET;
            case LOCK -> LOCK;
            case SLEEP -> SLEEP;
            case POOL -> POOL;
            case OTHER -> OTHER;
        };
    }

    @Override
    public String toString() {
        return word;
    }
}
