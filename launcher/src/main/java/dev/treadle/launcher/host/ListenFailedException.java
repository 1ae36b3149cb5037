package dev.treadle.launcher.host;

import java.io.Serial;

/** The container could not listen at one of its addresses. */
public final class ListenFailedException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    private final transient Listener listener;

    /**
     * @param listener the one that could not be opened
     * @param cause the exception of the container or the system
     */
    public ListenFailedException(Listener listener, Throwable cause) {
        super(listener.option() + ": " + listener.address(), cause);
        this.listener = listener;
    }

    /** Returns the one that could not be opened. */
    public Listener listener() {
        return listener;
    }
}
