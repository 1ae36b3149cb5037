package dev.treadle.settings;

import java.util.Locale;

/**
 * How requests run. The word in flags, properties and metrics is {@link #word()}.
 *
 * @since 0.2.0
 */
public enum WorkerModel {
    /** N platform threads, as every container has them by itself. */
    THREADS,

    /**
     * One virtual thread a request, on the JDK's own scheduler (JEP 444), at most N requests at a
     * time.
     */
    VIRTUAL,

    /**
     * One greenlet a request: a virtual thread that stays on one of the hubs, at most N requests at
     * a time.
     */
    GEVENT;

    /**
     * Returns the word used in flags and properties: {@code threads}, {@code virtual} or {@code
     * gevent}.
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return word();
    }
}
