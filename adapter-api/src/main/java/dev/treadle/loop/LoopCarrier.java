package dev.treadle.loop;

/**
 * A hub as the event loop sees it whose thread carries it. All methods are for that one thread, but
 * {@link #awake}, which {@link EventLoop#turn} may call too:
 *
 * <pre>{@code
 * try {
 *     while (open) {
 *         if (carrier.run()) {
 *             selector.select(... carrier.waitMillis() ...); // 0 there means: for ever
 *             carrier.awake();
 *         } else {
 *             selector.selectNow();
 *         }
 *         ... hand on what is ready ...
 *     }
 * } finally {
 *     carrier.detach();
 * }
 * }</pre>
 *
 * @since 0.2.0
 */
public interface LoopCarrier {
    /**
     * Runs slices that wait, up to a budget, so that events are looked at in between. Returns later
     * than a slice ends if the hub was retaken meanwhile: first the spare carrier gives hub and
     * loop back.
     *
     * @return true if none is left and the loop may wait for events; {@link EventLoop#wakeUp} is
     *     called once when that changes, and {@link #awake} must follow the wait. False if slices
     *     are left: the loop must not wait
     */
    boolean run();

    /**
     * Returns for how long the loop may wait at most, once {@link #run} has said that it may: until
     * the first timer of the hub.
     *
     * @return in milliseconds, rounded up: 0 if a timer is due and the loop must not wait, {@code
     *     Long.MAX_VALUE} if there is none
     */
    long waitMillis();

    /** The wait is over, or there was none after all. Calling it without a wait is harmless. */
    void awake();

    /** The loop ends: the hub goes on with a carrier of its own. Calling it again is harmless. */
    void detach();
}
