package dev.treadle.bench.process;

import java.io.IOException;

/** A process of a benchmark did not do what it was started for; the message has what it said. */
public final class ProcessFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message which process, and what it did
     */
    public ProcessFailedException(String message) {
        super(message);
    }
}
