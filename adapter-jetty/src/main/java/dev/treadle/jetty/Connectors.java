package dev.treadle.jetty;

import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.Container;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;

/** The connectors of one server: those it has, and those it gets later. */
final class Connectors implements Container.Listener {
    private final Server server;
    private final int backlog;
    private final boolean reusePort;
    private final @Nullable HubCarriers hubs;
    private final Http2 http2;
    private final Factories factories = new Factories();

    Connectors(Server server, ServerWorkers workers, ServerThreadPool pool, Http2 http2) {
        this.server = server;
        this.backlog = workers.settings().listen();
        this.reusePort = workers.settings().reusePort();
        this.http2 = http2;
        this.hubs =
                workers.hubLoops()
                        .map(loops -> new HubCarriers(server, workers, loops, pool))
                        .orElse(null);
    }

    /**
     * Called for each connector the server has and for each it gets, and so before any socket is
     * opened.
     */
    @Override
    public void beanAdded(Container parent, Object child) {
        if (child instanceof AbstractConnector connector
                && !connector.getEventListeners().contains(factories)) {
            connector.addEventListener(factories);
        }
        if (child instanceof ServerConnector connector) {
            if (connector.getAcceptQueueSize() == 0) {
                connector.setAcceptQueueSize(backlog);
            }
            if (reusePort) {
                connector.setReusePort(true);
            }
            if (hubs != null) {
                hubs.offer(connector);
            }
        }
    }

    /** The connection factories of a connector: those it has, and those it gets later. */
    private final class Factories implements Container.Listener {
        @Override
        public void beanAdded(Container parent, Object child) {
            if (child instanceof ConnectionFactory factory) {
                http2.factoryAdded(factory);
            }
        }

        @Override
        public void beanRemoved(Container parent, Object child) {
            // its numbers stay: a factory may be taken out and put back
        }
    }

    /** Settles which selectors carry the hubs, before the server starts. */
    void carryHubs() {
        if (hubs != null) {
            hubs.settle();
        }
    }

    /** Leaves the connectors of a server that has stopped. */
    void takeOut() {
        for (Connector connector : server.getConnectors()) {
            if (connector instanceof AbstractConnector known) {
                known.removeEventListener(factories);
            }
        }
        http2.takeOut();
        if (hubs != null) {
            hubs.takeOut();
        }
    }

    @Override
    public void beanRemoved(Container parent, Object child) {
        // the backlog stays: a connector may be taken out and put back
    }

    /**
     * Checks that no connector brings an executor of its own.
     *
     * @throws IllegalArgumentException if one does
     */
    void requireServerThreadPool() {
        for (Connector connector : server.getConnectors()) {
            if (!server.getThreadPool().equals(connector.getExecutor())) {
                throw new IllegalArgumentException(
                        "executor of "
                                + connector
                                + ": "
                                + connector.getExecutor().getClass().getName()
                                + " (expected: the server's thread pool); its requests would not"
                                + " run on the workers");
            }
        }
    }

    /**
     * Closes the listening sockets: the kernel refuses new connections from now on, and open
     * connections stay open. Not Connector.shutdown, which also ends open connections after one
     * idle second.
     */
    void closeListeningSockets() {
        for (Connector connector : server.getConnectors()) {
            if (connector instanceof NetworkConnector listening) {
                listening.close();
            }
            if (connector instanceof ServerConnector selecting && selecting.getAcceptors() == 0) {
                closeSelected(selecting);
            }
        }
    }

    /**
     * A connector without acceptors selects for accepts, and its close leaves the socket open
     * (ServerConnector 12.0.36).
     */
    private static void closeSelected(ServerConnector connector) {
        if (connector.getTransport() instanceof ServerSocketChannel channel) {
            try {
                channel.close();
            } catch (IOException failed) {
                throw new UncheckedIOException(
                        "listening socket of " + connector + " could not be closed", failed);
            }
            // a channel that is registered is closed by its selector, the next time that looks
            // (a connector that carries hubs has a second manager, whose selectors it uses)
            for (SelectorManager manager : connector.getBeans(SelectorManager.class)) {
                for (ManagedSelector selector : manager.getBeans(ManagedSelector.class)) {
                    selector.submit(woken -> {});
                }
            }
        }
    }
}
