package dev.treadle.internal.hub;

import java.io.IOException;

/**
 * The sockets that the greenlets of one hub wait for, while an event loop carries it. The thread
 * that has the hub looks at them before it runs slices, and the loop's selector ends its wait when
 * one is ready. So no other thread takes part when the answer of a third party comes.
 *
 * <p>A thread that has the loop nests the two descriptors where the loop sees them ({@link
 * SocketNest}): in its selector, which then ends its wait without a key, or in a channel, which
 * then is ready to be read. Both stay so for as long as a socket is ready.
 */
final class HubSockets {
    private final Epoll epoll;
    private final SocketWaits reads;
    private final SocketWaits writes;

    /** Sees these; of the thread that has the loop. */
    private SocketNest nestedIn;

    // of the watch
    private long seenReads;
    private long seenWrites;

    private HubSockets(Epoll epoll, SocketWaits reads, SocketWaits writes, SocketNest nest)
            throws IOException {
        this.epoll = epoll;
        this.reads = reads;
        this.writes = writes;
        nestedIn = nest;
        nestThese();
    }

    private void nestThese() throws IOException {
        epoll.nest(nestedIn.descriptor(), reads.descriptor());
        epoll.nest(nestedIn.descriptor(), writes.descriptor());
    }

    /** Returns new ones, nested in {@code nest}. */
    static HubSockets open(JdkSockets jdk, SocketNest nest) throws IOException {
        SocketWaits reads = jdk.reads();
        SocketWaits writes = null;
        HubSockets whole = null;
        try {
            writes = jdk.writes();
            whole = new HubSockets(jdk.epoll(), reads, writes, nest);
            return whole;
        } finally {
            if (whole == null) {
                reads.close();
                if (writes != null) {
                    writes.close();
                }
            }
        }
    }

    /** Nests these in {@code nest}, if it is another one than before. */
    void nest(SocketNest nest) throws IOException {
        if (!nest.equals(nestedIn)) {
            nestedIn = nest;
            nestThese();
        }
    }

    /** See {@link SocketWaits#register}. */
    boolean register(int socket, boolean read) {
        return (read ? reads : writes).register(socket);
    }

    /** Returns how many greenlets wait; a snapshot. */
    int waiting() {
        return reads.waiting() + writes.waiting();
    }

    /** Ends the waits whose sockets are ready; for the thread that has the hub. */
    void look() {
        reads.look();
        writes.look();
    }

    /**
     * The same for the watch, if the thread that has the hub has not looked since the last call. It
     * may be held, and what it is held by may be waiting for a socket of its own hub.
     */
    void lookInstead() {
        seenReads = reads.lookInstead(seenReads);
        seenWrites = writes.lookInstead(seenWrites);
    }

    /** Has waits begin elsewhere from now on, those that have begun as well. */
    void close() {
        try {
            reads.close();
        } finally {
            writes.close();
        }
    }
}
