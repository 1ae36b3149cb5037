package dev.treadle;

import dev.treadle.stats.RefusalReason;

/**
 * A call that a {@link Limit} does not admit. It carries no stack trace, because its cause is the
 * load and not the code. It is created under overload, so it must be cheap.
 *
 * @since 0.2.0
 */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final RefusalReason reason;

    RefusedException(RefusalReason reason) {
        super(reason.words(), null, false, false);
        this.reason = reason;
    }

    /** Returns why. */
    public RefusalReason reason() {
        return reason;
    }
}
