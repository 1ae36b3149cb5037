package dev.treadle.jetty;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Nobody makes one: what a ServerConnector has for its selectors is an inner class for subclasses
 * only.
 */
abstract class HubConnector extends ServerConnector {
    @SuppressWarnings("UnusedMethod") // that is what it is for
    private HubConnector(Server server) {
        super(server);
    }

    /** Whether this is what Jetty makes by itself, and not something of a subclass. */
    static boolean isJettys(SelectorManager manager) {
        return manager.getClass().equals(ServerConnectorManager.class);
    }

    /** The selectors of one connector, one for each hub; each carries its own. */
    static final class Manager extends ServerConnectorManager {
        private final HubSlots slots;
        private final Executor tasks;
        private final AtomicReferenceArray<@Nullable HubSelector> selectors;
        private final AtomicInteger next = new AtomicInteger();

        // while a selector starts: it, and the thread that starts it
        private volatile @Nullable HubSelector starting;
        private volatile @Nullable Thread starter;

        /**
         * @param jettys whose place this takes
         * @param tasks what runs the tasks of connections
         */
        Manager(ServerConnector connector, SelectorManager jettys, HubSlots slots, Executor tasks) {
            connector.super(jettys.getExecutor(), jettys.getScheduler(), slots.count());
            setConnectTimeout(jettys.getConnectTimeout());
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
        protected void doStop() throws Exception {
            try {
                super.doStop();
            } finally {
                for (int i = 0; i < selectors.length(); i++) {
                    selectors.set(i, null);
                }
            }
        }

        void starting(@Nullable HubSelector selector) {
            starter = selector == null ? null : Thread.currentThread();
            starting = selector;
        }

        /**
         * What a selector executes is its loop, once, when it starts, and tasks of connections,
         * which are no business of Jetty's threads.
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
         * The one with the fewest connections, for a connection stays on its hub for its life; in
         * turn where there are several.
         */
        @Override
        protected ManagedSelector chooseSelector() {
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
            return best == null ? super.chooseSelector() : best;
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
    }
}
