package dev.treadle.gate;

/**
 * Called with the gate's {@link Admission} of a request that an adapter brought to the {@link Gate}
 * without blocking a thread. One of the two methods is called, once, and must not block.
 *
 * @since 0.2.0
 */
public interface GateListener {
    /**
     * The request may go in. Called on the thread that brought it or on one that released a place.
     */
    void admitted(Permit permit);

    /**
     * The request does not go in, and gets this answer. Called on the thread that brought it, on
     * the one that called {@link Gate.Place#expire}, on the one that drains, or on the one that
     * looks after clients.
     */
    void answered(GateAnswer answer);
}
