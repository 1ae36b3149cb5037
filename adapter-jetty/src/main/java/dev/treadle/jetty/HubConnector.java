package dev.treadle.jetty;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.EventListener;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * This class has no instances. It exists because the class that a ServerConnector uses for its
 * selectors is an inner class which only subclasses can extend.
 */
abstract class HubConnector extends ServerConnector {
    private static final Logger LOG = System.getLogger("dev.treadle.jetty");

    @SuppressWarnings("UnusedMethod") // it prevents instances
    private HubConnector(Server server) {
        super(server);
    }

    /** Whether this manager is Jetty's own, and not that of a subclass. */
    static boolean isJettys(SelectorManager manager) {
        return manager.getClass().equals(ServerConnectorManager.class);
    }

    /**
     * The selectors of one connector, one for each hub; each carries its own. Jetty's manager
     * chooses among them, and always the one that it was told at the connection before: the one
     * with the fewest connections then, for a connection stays on its hub for its life.
     */
    static final class Manager extends ServerConnectorManager {
        private final ServerConnector connector;
        private final boolean lazy;
        private final SelectorManager jettys;
        private final SelectorChoice choice;
        private final HubSlots slots;
        private final Executor tasks;
        private final AtomicReferenceArray<@Nullable HubSelector> selectors;
        private final AtomicInteger next = new AtomicInteger();

        // while a selector starts: it, and the thread that starts it
        private volatile @Nullable HubSelector starting;
        private volatile @Nullable Thread starter;

        /**
         * @param jettys the connector's own manager, which is not to be started
         * @param choice what it chooses for a new connection
         * @param tasks what runs the tasks of connections
         */
        Manager(
                ServerConnector connector,
                SelectorManager jettys,
                SelectorChoice choice,
                HubSlots slots,
                Executor tasks) {
            connector.super(jettys.getExecutor(), jettys.getScheduler(), slots.count());
            setConnectTimeout(jettys.getConnectTimeout());
            this.connector = connector;
            this.lazy = HubEndPoint.mayReplaceThoseOf(connector);
            this.jettys = jettys;
            this.choice = choice;
            this.slots = slots;
            this.tasks = tasks;
            this.selectors = new AtomicReferenceArray<>(slots.count());
        }

        @Override
        protected ManagedSelector newSelector(int id) {
            HubSelector selector = new HubSelector(this, id, slots, tasks);
            selectors.set(id, selector);
            return selector;
        }

        @Override
        protected void doStart() throws Exception {
            super.doStart();
            chooseNext();
        }

        @Override
        protected void doStop() throws Exception {
            try {
                super.doStop();
            } finally {
                for (int i = 0; i < selectors.length(); i++) {
                    selectors.set(i, null);
                }
                choice.clear();
            }
        }

        @Override
        protected SocketChannelEndPoint newEndPoint(
                SelectableChannel channel, ManagedSelector selector, SelectionKey key)
                throws IOException {
            return lazy && channel instanceof SocketChannel socket
                    ? HubEndPoint.of(connector, socket, selector, key)
                    : super.newEndPoint(channel, selector, key);
        }

        void starting(@Nullable HubSelector selector) {
            starter = selector == null ? null : Thread.currentThread();
            starting = selector;
        }

        /**
         * A selector executes its loop, once, when it starts, and tasks of connections, which must
         * not run on Jetty's threads.
         */
        @Override
        protected void execute(Runnable task) {
            HubSelector fresh = starting;
            if (fresh != null && Thread.currentThread().equals(starter)) {
                super.execute(fresh.loop(task));
            } else {
                tasks.execute(task);
            }
        }

        /**
         * Has Jetty's manager choose the selector with the fewest connections for the next one; in
         * turn where there are several. Called before the first connection and after each.
         */
        void chooseNext() {
            HubSelector best = null;
            int least = Integer.MAX_VALUE;
            int first = Math.floorMod(next.getAndIncrement(), selectors.length());
            for (int i = 0; i < selectors.length(); i++) {
                HubSelector each = selectors.get((first + i) % selectors.length());
                int load = each == null ? Integer.MAX_VALUE : each.load();
                if (load < least) {
                    least = load;
                    best = each;
                }
            }
            if (best != null) {
                choice.set(best); // none once it has stopped: stays cleared then
            }
        }

        /**
         * Attaches the endpoint to its key. Jetty does so a little later, in the selector's loop
         * and by an update that is private: it would come too late where another thread takes the
         * turns of the loop. Here nothing can be selected yet, for the key has no interest before
         * the connection is open.
         */
        @Override
        public Connection newConnection(
                SelectableChannel channel, EndPoint endPoint, @Nullable Object attachment)
                throws IOException {
            Connection connection = super.newConnection(channel, endPoint, attachment);
            for (int i = 0; i < selectors.length(); i++) {
                HubSelector each = selectors.get(i);
                SelectionKey key = each == null ? null : each.keyOf(channel);
                if (key != null) {
                    key.attach(endPoint);
                }
            }
            return connection;
        }

        // Listeners are those of Jetty's manager: users add them there, at any time.

        @Override
        protected void onAccepting(SelectableChannel channel) {
            tell(listener -> listener.onAccepting(channel));
        }

        @Override
        protected void onAccepted(SelectableChannel channel) {
            tell(listener -> listener.onAccepted(channel));
        }

        @Override
        protected void onAcceptFailed(SelectableChannel channel, Throwable cause) {
            tell(listener -> listener.onAcceptFailed(channel, cause));
        }

        @Override
        protected void endPointClosed(EndPoint endPoint) {
            super.endPointClosed(endPoint);
            if (endPoint.getTransport() instanceof SelectableChannel channel) {
                tell(listener -> listener.onClosed(channel));
            }
        }

        private void tell(Consumer<AcceptListener> event) {
            for (EventListener listener : jettys.getEventListeners()) {
                if (listener instanceof AcceptListener accepts) {
                    try {
                        event.accept(accepts);
                    } catch (RuntimeException failed) {
                        LOG.log(Level.WARNING, "listener " + accepts + " failed", failed);
                    }
                }
            }
        }
    }
}
