package dev.treadle.jetty;

import dev.treadle.loop.HubLoops;
import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/**
 * Lets the selectors of one connector carry the hubs: of the first ServerConnector that has Jetty's
 * own. A hub has one carrier; other connectors keep their selectors, and what those select is
 * handed over.
 *
 * <p>A connector makes its selector manager in its constructor and keeps it in a final field, which
 * must not be written (JEP 500). So the manager stays, but is not started: a second one, a bean of
 * the connector, has the selectors that carry hubs, and tells the first which of them to choose for
 * the next connection ({@link SelectorChoice}). That is tried before anything is changed; where it
 * fails the hubs have threads of their own, and the start line says why.
 */
final class HubCarriers {
    private static final Logger LOG = System.getLogger("dev.treadle.jetty");

    private final Server server;
    private final ServerWorkers workers;
    private final HubSlots slots;
    private final ServerThreadPool pool;

    // guarded by this
    private @Nullable ServerConnector carrying;
    private HubConnector.@Nullable Manager manager;

    HubCarriers(Server server, ServerWorkers workers, HubLoops loops, ServerThreadPool pool) {
        this.server = server;
        this.workers = workers;
        this.slots = new HubSlots(loops);
        this.pool = pool;
    }

    /** A connector was added. It may be put to use only when it is started. */
    synchronized void offer(ServerConnector connector) {
        if (carrying == null) {
            take(connector);
        }
    }

    /**
     * Settles it, before the server starts.
     *
     * @throws IllegalStateException if hub-loop was set to on, and cannot be had
     */
    synchronized void settle() {
        List<Connector> connectors = List.of(server.getConnectors());
        if (carrying != null && !connectors.isEmpty() && !connectors.contains(carrying)) {
            giveBack(); // it was taken out for good
        }
        String problem = carrying == null ? takeFirst(connectors) : null;
        int loops = loopThreads(connectors);
        if (carrying != null && !pool.hasRoomForLoops(loops)) {
            giveBack();
            problem =
                    "acceptors and one selector for each hub are "
                            + loops
                            + " threads, and the thread pool must be greater than that";
        }
        if (carrying != null) {
            workers.hubsCarriedBy("Jetty's selectors");
        } else if (problem != null) {
            workers.hubsNotCarried(problem);
        }
    }

    /** Gives the connector its own selectors back, after a stop. */
    synchronized void takeOut() {
        if (carrying != null) {
            giveBack();
        }
    }

    /** Returns why there is none; null if there is, or may still come. */
    private @Nullable String takeFirst(List<Connector> connectors) {
        String problem = null;
        for (Connector each : connectors) {
            String reason =
                    each instanceof ServerConnector connector
                            ? take(connector)
                            : each.getClass().getName() + " has no selectors of Jetty's";
            if (reason == null) {
                return null;
            }
            problem = problem == null ? reason : problem;
        }
        return problem;
    }

    private int loopThreads(List<Connector> connectors) {
        int threads = 0;
        for (Connector each : connectors) {
            if (each instanceof AbstractConnector accepting) {
                threads += accepting.getAcceptors();
            }
            if (each instanceof ServerConnector selecting) {
                threads +=
                        selecting.equals(carrying)
                                ? slots.count()
                                : selecting.getSelectorManager().getSelectorCount();
            }
        }
        return threads;
    }

    /** Returns why it cannot be; null if it carries the hubs now. */
    private @Nullable String take(ServerConnector connector) {
        SelectorManager jettys = connector.getSelectorManager();
        if (!HubConnector.isJettys(jettys)) {
            return connector.getClass().getName()
                    + " has a selector manager of its own, "
                    + jettys.getClass().getName();
        }
        if (connector.isRunning()) {
            return connector + " runs already";
        }
        try {
            HubConnector.Manager ours =
                    new HubConnector.Manager(
                            connector,
                            jettys,
                            SelectorChoice.of(jettys),
                            slots,
                            workers.executor());
            connector.unmanage(jettys);
            connector.addBean(ours, true);
            carrying = connector;
            manager = ours;
        } catch (IllegalStateException refused) {
            LOG.log(Level.DEBUG, "no selectors that carry hubs", refused);
            return String.valueOf(refused.getMessage());
        }
        LOG.log(
                Level.DEBUG,
                "{0}: {1} selectors that carry hubs, in the place of {2}",
                connector,
                slots.count(),
                jettys.getSelectorCount());
        return null;
    }

    private void giveBack() {
        ServerConnector connector = carrying;
        SelectorManager ours = manager;
        if (connector == null || ours == null) {
            throw new IllegalStateException("nothing to give back");
        }
        carrying = null;
        manager = null;
        if (connector.isRunning()) {
            return; // on its own: its selectors leave their hubs when it stops
        }
        connector.removeBean(ours);
        connector.manage(connector.getSelectorManager());
    }
}
