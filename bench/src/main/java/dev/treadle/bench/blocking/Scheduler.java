package dev.treadle.bench.blocking;

/** Runs greenlets: on hubs, or on the JDK's scheduler. */
interface Scheduler {
    /**
     * Runs a task in a greenlet of its own; on the hub of the greenlet that asks, if one does.
     *
     * @param task what to run
     */
    void execute(Runnable task);

    /** Returns how many carriers there are beyond one for each hub. */
    int spares();

    /** Returns how many slices were reported as too long so far. */
    long reports();

    /** Returns what the calling greenlet holds while it blocks: its hub, or any carrier. */
    Object held();
}
