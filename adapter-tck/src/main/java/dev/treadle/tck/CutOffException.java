package dev.treadle.tck;

import java.io.EOFException;

/** The server has ended an exchange before its end, and the client could see it. */
public final class CutOffException extends EOFException {
    private static final long serialVersionUID = 1L;

    /** The error code where a connection ended, and no stream was reset. */
    public static final int NONE = -1;

    private final int code;

    CutOffException(String message) {
        this(message, NONE);
    }

    CutOffException(String message, int code) {
        super(message);
        this.code = code;
    }

    /** Returns the error code of the RST_STREAM, or {@link #NONE} if the connection ended. */
    public int code() {
        return code;
    }
}
