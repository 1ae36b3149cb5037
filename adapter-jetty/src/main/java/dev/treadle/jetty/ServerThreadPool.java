package dev.treadle.jetty;

import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;

import java.util.Arrays;

/**
 * The thread pool of a server, checked for use with the workers. Any other kind of pool is refused.
 * With it requests would silently run outside the workers; or, with Jetty's bounded
 * VirtualThreadPool as the pool of the server, all requests would wait for ever (its selectors need
 * a permit of the same pool: seen on 12.0.39 and 12.1.14).
 */
final class ServerThreadPool {
    /**
     * How long a stop may wait for the threads of selectors if a request outlived the drain: it may
     * hold such a thread in a slice. Together with the drain this keeps the bound of a stop, the
     * grace and two seconds.
     */
    private static final long HURRIED_STOP_MILLIS = 400;

    private final QueuedThreadPool pool;
    private final ServerWorkers workers;

    // of the thread that stops the server: what was set; -1 if nothing was changed
    private long stopTimeout = -1;

    private ServerThreadPool(QueuedThreadPool pool, ServerWorkers workers) {
        this.pool = pool;
        this.workers = workers;
    }

    /**
     * @throws IllegalArgumentException if the pool is not suitable
     */
    static ServerThreadPool of(Server server, ServerWorkers workers) {
        ThreadPool found = server.getThreadPool();
        if (found instanceof WorkersThreadPool ours) {
            if (!ours.runsOn(workers)) {
                throw refused(found, "that of the same workers");
            }
        } else if (!(found instanceof QueuedThreadPool)) {
            throw refused(found, "one made for the workers");
        } else if (!dispatchesOnVirtualThreads()) {
            throw refused(
                    found,
                    "one made for the workers: Jetty "
                            + Server.getVersion()
                            + " runs asynchronous requests on the plain pool's own threads");
        }
        ServerThreadPool fit = new ServerThreadPool((QueuedThreadPool) found, workers);
        fit.requireNoReservedThreads();
        return fit;
    }

    private static IllegalArgumentException refused(ThreadPool found, String expected) {
        return new IllegalArgumentException(
                "thread pool: "
                        + found.getClass().getName()
                        + " (expected: "
                        + expected
                        + "); make the server with new Server(JettyWorkers.threadPool(workers))");
    }

    /**
     * Whether this is Jetty 12.1: only there does VirtualThreads have {@code execute}, through
     * which a context dispatches.
     */
    private static boolean dispatchesOnVirtualThreads() {
        return Arrays.stream(VirtualThreads.class.getMethods())
                .anyMatch(method -> method.getName().equals("execute"));
    }

    /**
     * A reserved thread takes the selector's loop over, so that the selector's own platform thread
     * runs the request (AdaptiveExecutionStrategy, mode EXECUTE_PRODUCE_CONSUME). -1 means none as
     * long as there is a virtual threads executor (ReservedThreadExecutor.reservedThreads).
     *
     * @throws IllegalArgumentException if the pool has reserved threads
     */
    void requireNoReservedThreads() {
        if (pool.getReservedThreads() > 0) {
            throw new IllegalArgumentException(
                    "thread pool: reservedThreads "
                            + pool.getReservedThreads()
                            + " (expected: 0); reserved threads would run requests past the"
                            + " workers; call setReservedThreads(0)");
        }
    }

    /** Whether so many threads can be held by loops for as long as the server runs. */
    boolean hasRoomForLoops(int threads) {
        return threads < pool.getMaxThreads();
    }

    /**
     * Lets the pool hand requests to the workers; Jetty reads it when the connectors start. Ours
     * does so already.
     */
    void useWorkers() {
        if (!(pool instanceof WorkersThreadPool)) {
            pool.setVirtualThreadsExecutor(new WorkerTasks(workers));
        }
    }

    /** Lets the stop that has begun wait only shortly for the pool's threads. */
    void hurryStop() {
        stopTimeout = pool.getStopTimeout();
        pool.setStopTimeout(Math.min(stopTimeout, HURRIED_STOP_MILLIS));
    }

    /** The server has stopped: the next stop may take its time again. */
    void stopEnded() {
        if (stopTimeout >= 0) {
            pool.setStopTimeout(stopTimeout);
            stopTimeout = -1;
        }
    }
}
