package dev.treadle.undertow;

import org.xnio.XnioWorker;

import java.util.concurrent.TimeUnit;

/**
 * Shuts down the XNIO worker of a server: its I/O threads close every channel they still have,
 * kept-alive connections and WebSockets included, and end. Undertow leaves that to whoever gave it
 * the worker.
 */
record XnioWorkerEnd(XnioWorker worker) implements AutoCloseable {
    private static final long LONGEST_SECONDS = 5;

    @Override
    public void close() {
        worker.shutdown();
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
