package dev.treadle.launcher.host;

/**
 * The command was called in a way that cannot be carried out; the message says what is wrong and
 * what to do.
 */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message for the user, in one line
     */
    public UsageException(String message) {
        super(message);
    }
}
