package dev.treadle.loop;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;

/**
 * The operations that a hub needs from the event loop whose thread carries it. An adapter
 * implements them with the container's selector.
 *
 * @since 0.2.0
 */
public interface EventLoop {
    /**
     * Ends the loop's wait for events: the one it is in, or else its next one. Called by any
     * thread, once for each time that {@link LoopCarrier#run} said that the loop may wait, or that
     * {@link #turn} was told to.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the loop has ended without {@link
     *     LoopCarrier#detach}; the hub then gets a thread of its own
     */
    void wakeUp();

    /**
     * Whether {@link #turn} works: if not, a retake rescues the greenlets of this hub, and the
     * connections of its loop wait for the loop's own thread.
     */
    boolean canTurn();

    /**
     * Goes once round the loop on a thread that is not the loop's own, while that is held in a
     * slice: takes the events that are ready and hands them on. Calls never overlap, neither with
     * each other nor with the loop's own thread, and what one did is visible to the next.
     *
     * @param wait whether to wait for an event or {@link #wakeUp}, if none is ready, but not longer
     *     than {@link LoopCarrier#waitMillis}
     * @throws Exception if the loop cannot go on here; the hub reports it and turns no more until
     *     the loop's own thread is back
     */
    void turn(boolean wait) throws Exception;

    /**
     * Returns the selector on which this loop waits, so that sockets of greenlets end its wait,
     * too: it is asked for by the thread that has the loop, before each wait. Null: it waits on
     * none, or must not see other events than its own; then the JDK's pollers watch those sockets.
     */
    default @Nullable Selector selector() {
        return null;
    }

    /**
     * Returns a channel that this loop selects for reading, and after whose readiness it comes to
     * {@link LoopCarrier#run}; for a loop that would do nothing after a wait that ends without an
     * event of its own. The hub puts a descriptor of its own in the place of the channel's, which
     * is ready when a socket of a greenlet is. Asked for as {@link #selector} is, and preferred to
     * it. The loop closes the channel after {@link LoopCarrier#detach}. Null: there is none.
     *
     * @throws IOException if none could be opened; then the JDK's pollers watch those sockets
     */
    default @Nullable SelectableChannel signal() throws IOException {
        return null;
    }

    /** The loop's own thread takes over again: undoes what only {@link #turn} needed. */
    default void turnsEnded() {}
}
