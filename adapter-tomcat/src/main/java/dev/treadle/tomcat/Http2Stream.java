package dev.treadle.tomcat;

import org.apache.coyote.AbstractProcessor;
import org.jspecify.annotations.Nullable;

/** One stream of HTTP/2, as far as the gate has to know it. */
record Http2Stream(Object stream) {
    /** Returns the stream that a processor serves; null if it serves none. */
    static @Nullable Http2Stream of(AbstractProcessor processor) {
        Http2Internals internals = Http2Internals.FOUND;
        return internals == null || !internals.isOfStream(processor)
                ? null
                : new Http2Stream(internals.stream(processor));
    }

    /** Whether it is open in one direction at least; false after a reset by either side. */
    boolean isActive() {
        Http2Internals internals = Http2Internals.FOUND;
        return internals == null || internals.isActive(stream);
    }

    /** Whether its connection has forgotten it, and serves its request no more. */
    boolean isForgotten(AbstractProcessor processor) {
        Http2Internals internals = Http2Internals.FOUND;
        return internals != null && internals.isForgotten(processor, stream);
    }

    /** Says to its client that this server stops. */
    void sayGoodbye(AbstractProcessor processor) {
        Http2Internals internals = Http2Internals.FOUND;
        if (internals != null) {
            internals.sayGoodbye(processor);
        }
    }

    /** Lets a body arrive that no code will read. */
    void makeInputBuffer() {
        Http2Internals internals = Http2Internals.FOUND;
        if (internals != null) {
            internals.makeInputBuffer(stream);
        }
    }

    /**
     * Ends the wait of the thread that writes for room in a window; without one nothing happens.
     */
    void interruptWaitForWindow(Thread writer) {
        Http2Internals internals = Http2Internals.FOUND;
        if (internals != null) {
            internals.interruptWaitForWindow(stream, writer);
        }
    }

    /** Lets an answer that has begun end with a reset. */
    void cancel() {
        Http2Internals internals = Http2Internals.FOUND;
        if (internals != null) {
            internals.cancel(stream);
        }
    }
}
