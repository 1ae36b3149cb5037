package dev.treadle.gate;

import dev.treadle.stats.RefusedException;

/**
 * Called with the gate's decision on a request that an adapter brought to the {@link Gate} without
 * blocking a thread.
 *
 * @since 0.2.0
 */
public interface GateListener {
    /**
     * The request may go in. Called once, on the thread that brought it or on one that released a
     * place. Must not block.
     */
    void admitted(Permit permit);

    /**
     * The request is refused. Called once, on the thread that brought it, on the one that called
     * {@link Gate.Place#expire}, or on the one that drains. Must not block.
     */
    void refused(RefusedException refusal);
}
