package dev.treadle.loop;

/**
 * The hubs of some workers, as event loops find them. Safe for any thread.
 *
 * @since 0.2.0
 */
public interface HubLoops {
    /**
     * The recommended stack size for the thread of a loop, in bytes: 4 MiB. Greenlets run on the
     * stack of their carrier. The JDK lets a virtual thread block only while about half of that
     * stack is free (else it throws StackOverflowError, seen on JDK 25). With four times the stack
     * of a platform thread a greenlet can block as deep as a platform thread. The stack is address
     * space, and takes memory only as far as it is used.
     */
    long STACK_BYTES = 4L << 20;

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
