package dev.treadle;

/**
 * A request that the gate does not admit. It carries no stack trace: it says something about the
 * load, not about the code, and is made when there is no time to lose.
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
        DRAINING("shutting down");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        /** Returns the reason in a few words, fit for the body of a response. */
        public String words() {
            return words;
        }
    }

    private final Reason reason;

    RefusedException(Reason reason) {
        super(reason.words(), null, false, false);
        this.reason = reason;
    }

    /** Returns why. */
    public Reason reason() {
        return reason;
    }
}
