package dev.treadle.jetty;

import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;

import java.lang.reflect.Method;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** A connection on the selector of a hub, with a {@link LazyKey}. */
final class HubEndPoint extends SocketChannelEndPoint {
    private volatile LazyKey key;

    private HubEndPoint(
            SocketChannel channel, ManagedSelector selector, LazyKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
        this.key = key;
    }

    /** Makes one as {@code ServerConnector.newEndPoint} does (12.0.36 and 12.1.12). */
    static HubEndPoint of(
            ServerConnector connector,
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey real) {
        HubEndPoint made =
                new HubEndPoint(channel, selector, new LazyKey(real), connector.getScheduler());
        made.setIdleTimeout(connector.getIdleTimeout());
        return made;
    }

    /**
     * Whether a connector makes connections as Jetty's own class does, and not in a way of its own.
     */
    static boolean mayReplaceThoseOf(ServerConnector connector) {
        for (Class<?> each = connector.getClass();
                each != null && !each.equals(ServerConnector.class);
                each = each.getSuperclass()) {
            for (Method method : each.getDeclaredMethods()) {
                if (method.getName().equals("newEndPoint")) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether something is ready that the connection does not want now. */
    boolean isUnwanted() {
        return key.isUnwanted();
    }

    /** Jetty registers with a new selector if the old one does not work any more. */
    @Override
    public void replaceKey(SelectionKey newReal) {
        LazyKey next = new LazyKey(newReal);
        key = next;
        super.replaceKey(next);
    }
}
