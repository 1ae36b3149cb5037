package dev.treadle.undertow;

import org.xnio.XnioWorker;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Shuts down the XNIO worker of a server: its I/O threads close every channel they still have,
 * kept-alive connections and WebSockets included, and end. Undertow leaves that to the code that
 * gave it the worker.
 *
 * @param worker the worker
 * @param held whether a slice holds an I/O thread, which then ends when the slice does
 */
record XnioWorkerEnd(XnioWorker worker, BooleanSupplier held) implements AutoCloseable {
    private static final long LONGEST_SECONDS = 5;

    @Override
    public void close() {
        worker.shutdown();
        if (held.getAsBoolean()) {
            return; // reported already
        }
        try {
            if (!worker.awaitTermination(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "I/O threads of "
                                + worker.getName()
                                + " still run "
                                + LONGEST_SECONDS
                                + " s after their shutdown, and are left");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "XNIO worker " + worker.getName();
    }
}
