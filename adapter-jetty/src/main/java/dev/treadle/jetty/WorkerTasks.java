package dev.treadle.jetty;

import dev.treadle.gate.Permit;
import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.util.thread.Invocable;

import java.util.concurrent.Executor;

/**
 * The executor that Jetty hands its tasks to, in the place of a pool.
 *
 * <ul>
 *   <li>A new stream of HTTP/2 goes to the hub with the fewest greenlets. All streams of a
 *       connection come from one thread, so they would all be on the hub of the connection
 *       otherwise. Everything else stays on its hub.
 *   <li>A task of a servlet context runs for the request of the thread that hands it over, if it
 *       has one, and if the context names no other.
 * </ul>
 *
 * <p>Both are known by their class, which Jetty does not export. A Jetty with other classes runs
 * the streams of a connection on one hub, and harakiri does not see asynchronous listeners; tests
 * tell.
 */
final class WorkerTasks implements Executor {
    /** Its task for a new stream, and nothing else of it, is a ReadyTask or wrapped in one. */
    private static final String STREAM =
            "org.eclipse.jetty.http2.server.internal.HttpStreamOverHTTP2$";

    private static final String CONTEXT = "org.eclipse.jetty.server.handler.ContextHandler$";

    private final Executor plain;
    private final Executor spread;

    WorkerTasks(ServerWorkers workers) {
        this.plain = workers.executor();
        this.spread = workers.spreadExecutor();
    }

    @Override
    public void execute(Runnable task) {
        if (task instanceof Invocable.ReadyTask ready) {
            (isNewStream(ready) ? spread : plain).execute(task);
        } else {
            plain.execute(ofItsRequest(task));
        }
    }

    /** A subclass of ReadyTask in Jetty 12.0, and a lambda expression inside of one in 12.1. */
    private static boolean isNewStream(Invocable.ReadyTask ready) {
        return ready.getClass().getName().startsWith(STREAM)
                || ready.getTask().getClass().getName().startsWith(STREAM);
    }

    private static Runnable ofItsRequest(Runnable task) {
        if (!task.getClass().getName().startsWith(CONTEXT)) {
            return task;
        }
        Permit permit = RequestRun.current();
        return permit == null ? task : () -> RequestRun.borrow(permit, task);
    }
}
