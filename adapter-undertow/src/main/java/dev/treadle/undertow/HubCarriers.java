package dev.treadle.undertow;

import dev.treadle.Workers;
import dev.treadle.loop.HubLoops;

import org.xnio.XnioWorker;

import java.util.ArrayList;
import java.util.List;

/**
 * The I/O threads that carry the hubs of the workers, one each. Requests on connections of further
 * I/O threads, if there are any, are handed to the same hubs.
 */
final class HubCarriers implements AutoCloseable {
    /** The first JDK that unmounts a virtual thread which waits in Object.wait (JEP 491). */
    private static final int UNMOUNTS_MONITORS = 24;

    private final List<IoThreadLoop> loops = new ArrayList<>();

    private HubCarriers() {}

    /**
     * Lets the I/O threads carry the hubs, where the workers have hubs to be carried. Not with
     * HTTP/2: there Undertow 2.3.26 answers each wait for a slow client at once with a task that
     * says it is over ({@code AbstractFramedStreamSourceChannel.resumeReadsInternal}), so a
     * greenlet that reads and tasks of XNIO chase each other and keep the I/O thread from its
     * connections (seen in SlowHttp2Test, 4 of 6 runs).
     *
     * <p>And not before JDK 24, where a greenlet that waits in {@code Object.wait} holds its
     * carrier (JEP 491): Undertow's blocking WebSocket sends do, until a task of the I/O thread has
     * run that must not run on another ({@code AbstractFramedStreamSinkChannel.awaitWritable}).
     */
    static HubCarriers start(XnioWorker worker, Workers workers, boolean http2) {
        HubCarriers carriers = new HubCarriers();
        if (http2 && workers.hubLoops().isPresent()) {
            workers.hubsNotCarried("HTTP/2 is enabled, and Undertow's needs its I/O threads");
        } else if (Runtime.version().feature() < UNMOUNTS_MONITORS
                && workers.hubLoops().isPresent()) {
            workers.hubsNotCarried(
                    "before JDK "
                            + UNMOUNTS_MONITORS
                            + " Undertow's WebSockets would wait for the I/O thread they hold");
        } else {
            workers.hubLoops().ifPresent(hubs -> carriers.start(worker, workers, hubs));
        }
        return carriers;
    }

    private void start(XnioWorker worker, Workers workers, HubLoops hubs) {
        int carried = Math.min(hubs.count(), worker.getIoThreadCount());
        for (int i = 0; i < carried; i++) {
            loops.add(IoThreadLoop.start(worker.getIoThread(i), hubs, i));
        }
        workers.hubsCarriedBy(
                "Undertow's I/O threads"
                        + (carried < hubs.count() ? ", " + carried + " of " + hubs.count() : ""));
    }

    @Override
    public void close() {
        try {
            for (IoThreadLoop loop : loops) {
                loop.end();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "hubs on I/O threads";
    }
}
