package dev.treadle.launcher.host;

/** The server or its application did not start, and the container has said why only in its log. */
public final class ReasonInLogException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what did not start
     */
    public ReasonInLogException(String message) {
        super(message);
    }
}
