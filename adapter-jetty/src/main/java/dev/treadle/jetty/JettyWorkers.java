package dev.treadle.jetty;

import static java.util.Objects.requireNonNull;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

import java.util.EventListener;
import java.util.List;
import java.util.function.Supplier;

/**
 * Lets a Jetty server, 12.0 or 12.1, run its requests on workers:
 *
 * <pre>{@code
 * Workers workers = Workers.open(WorkerSettings.gevent(1000));
 * Server server = new Server(JettyWorkers.threadPool(workers));
 * JettyWorkers.install(server, workers);
 * ... connectors, handlers ...
 * server.start();
 * }</pre>
 *
 * <p>From each start of the server until its stop, requests, asynchronous work and WebSocket
 * messages run on the workers' threads. At most N requests are inside the handlers; further ones
 * wait in the queue or get 503. Connectors without an accept backlog get that of the workers. A
 * stop lets the requests inside finish. The hubs of the model gevent are carried by the selectors
 * of the first ServerConnector, which then has one selector for each hub, independent of the number
 * that was set. Workers serve one server, and are closed after it has stopped.
 *
 * <p>Safe for any thread, as far as Jetty's own classes are.
 *
 * @since 0.2.0
 */
public final class JettyWorkers {
    private JettyWorkers() {}

    /**
     * Makes the thread pool for {@code new Server(pool)}. Jetty's own loops (acceptors and
     * selectors) get platform threads, made as needed; everything else runs on the workers, however
     * many tasks there are.
     */
    public static QueuedThreadPool threadPool(Workers workers) {
        return new WorkersThreadPool(ServerWorkers.of(requireNonNull(workers, "workers")));
    }

    /**
     * Makes the thread pool for a server that another program makes, such as the start.jar of
     * Jetty: the same as {@link #threadPool}, and when the server starts that has it, it
     * {@linkplain #install installs} the workers there. If they cannot be installed the start of
     * the server fails.
     */
    public static QueuedThreadPool installingThreadPool(Workers workers) {
        return new InstallingThreadPool(ServerWorkers.of(requireNonNull(workers, "workers")));
    }

    /**
     * Makes the thread pool for a server that another program makes and may start more than once:
     * each start of the server opens workers and installs them, and its stop closes them. A server
     * that is never started opens none.
     *
     * @param opener opens the workers of one start
     */
    public static QueuedThreadPool openingThreadPool(Supplier<Workers> opener) {
        return new OpeningThreadPool(requireNonNull(opener, "opener"));
    }

    /**
     * Installs workers in a server that is not started yet. Connectors and handlers may be set
     * before or after.
     *
     * @param server one made with {@link #threadPool}; on Jetty 12.1 a {@link QueuedThreadPool}
     *     without reserved threads will do as well
     * @throws IllegalStateException if the server is started or starting, if workers are installed
     *     in it already, or if the workers are closed or installed elsewhere
     * @throws IllegalArgumentException if the server's thread pool cannot run requests on the
     *     workers, or a connector has an executor of its own; the message says what to change
     */
    public static Installation install(Server server, Workers workers) {
        requireNonNull(workers, "workers");
        requireNotStarted(requireNonNull(server, "server"));
        return installed(server, ServerWorkers.of(workers)).installation();
    }

    /** Installs workers in a server that has not started a connector yet. */
    static ServerLifecycle installed(Server server, ServerWorkers forServer) {
        ServerThreadPool pool = ServerThreadPool.of(server, forServer);
        Http2 http2 = Http2.of(server, forServer);
        Connectors connectors = new Connectors(server, forServer, pool, http2);
        connectors.requireServerThreadPool();
        Installation installation =
                new Installation("Jetty", Server.getVersion(), forServer.workers());
        // what is refused above changes nothing, so that the same workers can be installed once it
        // is put right
        forServer.installed(installation.container() + " " + installation.version());
        pool.useWorkers();
        List<EventListener> followers =
                List.of(connectors, new ContextScopes(), new ApplicationPaths(forServer));
        followers.forEach(server::addEventListener);
        ServerLifecycle lifecycle =
                new ServerLifecycle(server, installation, pool, connectors, followers, http2);
        server.addEventListener(lifecycle);
        forServer.onSwitch(settings -> http2.tune());
        forServer.onStop(http2::goAway);
        return lifecycle;
    }

    private static void requireNotStarted(Server server) {
        if (!server.isStopped() && !server.isFailed()) {
            throw new IllegalStateException(
                    "server: "
                            + server.getState()
                            + " (expected: not started); install the workers before the start");
        }
        if (hasWorkers(server)) {
            throw new IllegalStateException(
                    "server: has workers already (expected: none); workers are installed once");
        }
    }

    static boolean hasWorkers(Server server) {
        return server.getEventListeners().stream().anyMatch(ServerLifecycle.class::isInstance);
    }
}
