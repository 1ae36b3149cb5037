package dev.treadle.launcher.host;

import org.jspecify.annotations.Nullable;

/** The server could not be started; the message says what is wrong and what to do. */
public final class StartFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message for the user, in one line
     * @param cause the exception that {@code --verbose} shows, or null
     */
    public StartFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
