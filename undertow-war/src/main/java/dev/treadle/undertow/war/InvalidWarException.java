package dev.treadle.undertow.war;

import java.io.Serial;

/**
 * The WAR cannot be served. The message names the part of it, and says what is wrong and expected.
 */
final class InvalidWarException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    /** Without a cause, for users are shown the deepest cause. */
    InvalidWarException(String message) {
        super(message);
    }

    /**
     * @param detail where it was found; shown in a stack trace only
     */
    InvalidWarException(String message, Throwable detail) {
        super(message);
        addSuppressed(detail);
    }

    /** The text that users are shown, without the name of a class. */
    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
        return String.valueOf(getMessage());
    }
}
