package dev.treadle.jetty;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EventListener;
import java.util.List;

/**
 * The steps of the workers when their server starts and stops. Jetty calls this listener under the
 * lock of the server's life cycle, on the thread that starts or stops; an exception from here fails
 * the start.
 */
final class ServerLifecycle implements LifeCycle.Listener {
    private static final Logger LOG = System.getLogger("dev.treadle.jetty");

    private final Server server;
    private final Installation installation;
    private final ServerThreadPool pool;
    private final Connectors connectors;
    private final List<EventListener> followers;
    private final GateHandler gate;

    // from lifeCycleStopping to lifeCycleStopped of one stop, both in the thread that stops
    private boolean interrupted;

    ServerLifecycle(
            Server server,
            Installation installation,
            ServerThreadPool pool,
            Connectors connectors,
            List<EventListener> followers,
            Http2 http2) {
        this.server = server;
        this.installation = installation;
        this.pool = pool;
        this.connectors = connectors;
        this.followers = followers;
        this.gate = new GateHandler(ServerWorkers.of(installation.workers()), http2);
    }

    Installation installation() {
        return installation;
    }

    /**
     * Takes the workers out of a server that has stopped: it is as it was before they were
     * installed, but for its thread pool and the backlog of its connectors.
     */
    void takeOut() {
        followers.forEach(server::removeEventListener);
        server.removeEventListener(this);
        gate.takeOut(server);
        connectors.takeOut();
    }

    @Override
    public void lifeCycleStarting(LifeCycle event) {
        requireStillFit();
        connectors.carryHubs();
        installation.workers().resume();
        gate.putOutermost(server);
    }

    /** The server could be changed since the workers were installed. */
    private void requireStillFit() {
        if (server.isDynamic()) {
            throw new IllegalStateException(
                    "server: dynamic (expected: not dynamic); a handler set while it runs would"
                            + " take the place of the gate; call setDynamic(false)");
        }
        pool.requireNoReservedThreads();
        connectors.requireServerThreadPool();
    }

    @Override
    public void lifeCycleStarted(LifeCycle event) {
        LOG.log(Level.INFO, installation.startLine());
    }

    @Override
    public void lifeCycleStopping(LifeCycle event) {
        Workers workers = installation.workers();
        try {
            workers.prepareStop();
        } catch (InterruptedException whileLeaving) {
            interrupted = true;
        }
        connectors.closeListeningSockets();
        try {
            workers.drain(workers.settings().drain());
        } catch (InterruptedException whileDraining) {
            // Jetty's own stop is not to be cut short (its selectors wait for each other): the flag
            // is set again after it
            interrupted = true;
        }
        if (workers.stats().gate().active() > 0) {
            pool.hurryStop();
        }
    }

    @Override
    public void lifeCycleStopped(LifeCycle event) {
        pool.stopEnded();
        gate.takeOut(server);
        restoreInterrupt();
    }

    @Override
    public void lifeCycleFailure(LifeCycle event, Throwable cause) {
        pool.stopEnded();
        restoreInterrupt();
    }

    private void restoreInterrupt() {
        if (interrupted) {
            interrupted = false;
            Thread.currentThread().interrupt();
        }
    }
}
