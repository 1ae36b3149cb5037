package dev.treadle.stats;

/**
 * A request that the gate does not admit, or a call that a {@link dev.treadle.Limit} does not. It carries no
 * stack trace, because its cause is the load and not the code. It is created under overload, so it
 * must be cheap.
 *
 * @since 0.2.0
 */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why a request is refused. */
    public enum Reason {
        /** N requests are inside and the line is full. */
        LINE_FULL("the line is full"),
        /** The request waited in line for as long as it may. */
        LINE_TIMEOUT("waited in line too long"),
        /** The workers are draining: they take no new request. */
        DRAINING("shutting down"),
        /** The client closed its connection while the request was in line. */
        CLIENT_GONE("the client left the line");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        /** Returns the reason in a few words, fit for the body of a response. */
        public String words() {
            return words;
        }

        /**
         * Whether the connection has no further use: the server stops, or the client has closed its
         * side.
         */
        public boolean closes() {
            return this == DRAINING || this == CLIENT_GONE;
        }
    }

    private final Reason reason;

    /** Refuses for that reason. */
    public RefusedException(Reason reason) {
        super(reason.words(), null, false, false);
        this.reason = reason;
    }

    /** Returns why. */
    public Reason reason() {
        return reason;
    }
}
