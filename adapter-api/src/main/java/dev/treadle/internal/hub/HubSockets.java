package dev.treadle.internal.hub;

import java.io.IOException;
import java.nio.channels.Selector;

/**
 * The sockets that the greenlets of one hub wait for, while an event loop carries it. The thread
 * that has the hub looks at them before it runs slices, and the loop's selector ends its wait when
 * one is ready. So no other thread takes part when the answer of a third party comes.
 *
 * <p>A thread that has the loop nests the two descriptors in the loop's selector. The selector then
 * ends its wait without a key, since it knows only its own, for as long as something is ready.
 */
final class HubSockets {
    private final Epoll epoll;
    private final SocketWaits reads;
    private final SocketWaits writes;

    /** The selector that sees these; of the thread that has the loop. */
    private Selector nestedIn;

    // of the watch
    private long seenReads;
    private long seenWrites;

    private HubSockets(Epoll epoll, SocketWaits reads, SocketWaits writes, Selector selector)
            throws IOException {
        this.epoll = epoll;
        this.reads = reads;
        this.writes = writes;
        epoll.nest(selector, reads.descriptor());
        epoll.nest(selector, writes.descriptor());
        nestedIn = selector;
    }

    /** Returns new ones, which {@code selector} sees. */
    static HubSockets open(JdkSockets jdk, Selector selector) throws IOException {
        SocketWaits reads = jdk.reads();
        SocketWaits writes = null;
        HubSockets whole = null;
        try {
            writes = jdk.writes();
            whole = new HubSockets(jdk.epoll(), reads, writes, selector);
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

    /** Has {@code selector} see these, if it is another one than before. */
    void nest(Selector selector) throws IOException {
        if (!selector.equals(nestedIn)) {
            epoll.nest(selector, reads.descriptor());
            epoll.nest(selector, writes.descriptor());
            nestedIn = selector;
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
        reads.close();
        writes.close();
    }
}
