package dev.treadle.undertow;

import dev.treadle.gate.Gate;
import dev.treadle.loop.HubLoops;
import dev.treadle.spi.ServerWorkers;

import org.xnio.XnioWorker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The I/O threads that carry the hubs of the workers, one each. Requests on connections of further
 * I/O threads, if there are any, are handed to the same hubs.
 */
final class HubCarriers implements AutoCloseable {
    /** The first JDK that unmounts a virtual thread which waits in Object.wait (JEP 491). */
    private static final int UNMOUNTS_MONITORS = 24;

    /** How long the end of the loops may take. */
    private static final long LONGEST_SECONDS = 5;

    /**
     * The same if a request is still inside, which has had the grace of the stop and an interrupt:
     * it may hold an I/O thread for ever, and a stop has a bound.
     */
    private static final long LONGEST_MILLIS_IF_HELD = 150;

    private final List<IoThreadLoop> loops = new ArrayList<>();
    private final Gate gate;
    private volatile boolean held;

    HubCarriers(Gate gate) {
        this.gate = gate;
    }

    /**
     * Lets the I/O threads carry the hubs, where the workers have hubs to be carried. Not with
     * HTTP/2: there Undertow 2.3.26 answers each wait for a slow client at once with a task that
     * says it is over ({@code AbstractFramedStreamSourceChannel.resumeReadsInternal}), so a
     * greenlet that reads and tasks of XNIO run in turn without end, and keep the I/O thread from
     * its connections (seen in SlowHttp2Test, 4 of 6 runs).
     *
     * <p>And not before JDK 24, where a greenlet that waits in {@code Object.wait} holds its
     * carrier (JEP 491): Undertow's blocking WebSocket sends do, until a task of the I/O thread has
     * run that must not run on another ({@code AbstractFramedStreamSinkChannel.awaitWritable}).
     */
    void start(XnioWorker worker, ServerWorkers workers, boolean http2) {
        if (http2 && workers.hubLoops().isPresent()) {
            workers.hubsNotCarried("HTTP/2 is enabled, and Undertow's needs its I/O threads");
        } else if (Runtime.version().feature() < UNMOUNTS_MONITORS
                && workers.hubLoops().isPresent()) {
            workers.hubsNotCarried(
                    "before JDK "
                            + UNMOUNTS_MONITORS
                            + " Undertow's WebSockets would wait for the I/O thread they hold");
        } else {
            workers.hubLoops().ifPresent(hubs -> start(worker, workers, hubs));
        }
    }

    private void start(XnioWorker worker, ServerWorkers workers, HubLoops hubs) {
        int carried = Math.min(hubs.count(), worker.getIoThreadCount());
        boolean allTurn = true;
        for (int i = 0; i < carried; i++) {
            IoThreadLoop loop = IoThreadLoop.start(worker.getIoThread(i), hubs, i);
            allTurn &= loop.canTurn();
            loops.add(loop);
        }
        if (!allTurn) {
            workers.socketsNotPolled("this XNIO is not one this version knows");
        }
        workers.hubsCarriedBy(
                "Undertow's I/O threads"
                        + (carried < hubs.count() ? ", " + carried + " of " + hubs.count() : "")
                        + (allTurn
                                ? ""
                                : "; while one is held its connections wait: this XNIO is not one"
                                        + " this version knows"));
    }

    @Override
    public void close() {
        long nanos =
                gate.active() == 0
                        ? TimeUnit.SECONDS.toNanos(LONGEST_SECONDS)
                        : TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS_IF_HELD);
        try {
            long end = System.nanoTime() + nanos;
            for (IoThreadLoop loop : loops) {
                held |= !loop.end(Math.max(0, end - System.nanoTime()));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a slice held an I/O thread at the close, so that it cannot be waited for. */
    boolean isHeld() {
        return held;
    }

    @Override
    public String toString() {
        return "hubs on I/O threads";
    }
}
