package dev.treadle.loop;

/** The hubs of some workers, as event loops find them. Safe for any thread. */
public interface HubLoops {
    /** Returns how many hubs there are, at least 1. */
    int count();

    /**
     * Lets an event loop carry a hub from its first {@link LoopCarrier#run} on. Until then, and
     * after {@link LoopCarrier#detach}, the hub has a carrier of its own.
     *
     * @param hub which one, [0, {@link #count})
     * @throws IndexOutOfBoundsException if there is no such hub
     * @throws IllegalStateException if a loop carries it already
     */
    LoopCarrier attach(int hub, EventLoop loop);
}
