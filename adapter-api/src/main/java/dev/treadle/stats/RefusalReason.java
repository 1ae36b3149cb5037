package dev.treadle.stats;

/**
 * Why a request is not admitted, or a call that a limit guards.
 *
 * @since 0.2.0
 */
public enum RefusalReason {
    /** N requests are inside and the queue is full. */
    QUEUE_FULL("the queue is full"),
    /** The request waited in the queue for as long as it may. */
    QUEUE_TIMEOUT("waited in the queue too long"),
    /** The workers are draining: they take no new request. */
    DRAINING("shutting down"),
    /** The client closed its connection while the request was in the queue. */
    CLIENT_GONE("the client left the queue");

    private final String words;

    RefusalReason(String words) {
        this.words = words;
    }

    /** Returns the reason in a few words, fit for the body of a response. */
    public String words() {
        return words;
    }
}
