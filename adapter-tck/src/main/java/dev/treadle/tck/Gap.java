package dev.treadle.tck;

/**
 * A known limit of a container, with and without Treadle. An adapter's test declares it, the
 * contract asserts what happens instead (so that a gap that closes is noticed), and
 * docs/compatibility.md lists it.
 */
public enum Gap {
    /**
     * The container ends the connection after an answer of 503, and says so with {@code Connection:
     * close}.
     */
    CLOSES_AFTER_503,

    /** On this JDK the container's event loops cannot carry the hubs. */
    NO_HUB_LOOPS,

    /** The command {@code treadle} starts a container once: after a stop its process ends. */
    STARTS_ONCE,

    /**
     * A request that is struck while its HTTP/2 client reads nothing at all ends the connection,
     * and its other streams with it.
     */
    STRUCK_STREAMS_END_A_STALLED_CONNECTION,

    /**
     * Over HTTP/2 the container resets an answer that a {@code WriteListener} writes faster than
     * its client reads, or never calls the listener again.
     */
    WRITE_LISTENERS_LOSE_ANSWERS_OVER_HTTP2
}
