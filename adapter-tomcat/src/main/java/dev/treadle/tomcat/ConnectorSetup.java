package dev.treadle.tomcat;

import dev.treadle.settings.Setting;
import dev.treadle.settings.WorkerSettings;

import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Configures a connector so that the gate's N is the effective limit, and no lower limit of
 * Tomcat's own applies first.
 */
final class ConnectorSetup {
    private static final Logger LOG = System.getLogger("dev.treadle.tomcat");

    private ConnectorSetup() {}

    /**
     * @throws IllegalArgumentException if the connector cannot work with an executor of ours
     */
    static AbstractProtocol<?> requireSupported(Connector connector) {
        Object handler = connector.getProtocolHandler();
        String name = handler.getClass().getSimpleName();
        // NIO2 hands the executor to an AsynchronousChannelGroup, which wants it for itself and
        // accepts on it (Nio2Endpoint.bind, 10.1 and 11).
        if (name.contains("Nio2") || !(handler instanceof AbstractProtocol<?> protocol)) {
            throw new IllegalArgumentException(
                    "protocol of connector "
                            + connector.getPort()
                            + ": "
                            + handler.getClass().getName()
                            + " (expected: org.apache.coyote.http11.Http11NioProtocol); remove the protocol attribute, or set it to HTTP/1.1");
        }
        return protocol;
    }

    static void apply(
            Connector connector,
            UserLimits limits,
            WorkerSettings settings,
            WorkersExecutor executor) {
        AbstractProtocol<?> protocol = requireSupported(connector);
        protocol.setExecutor(executor);
        if (!limits.acceptCount() || settings.sources().containsKey(Setting.LISTEN)) {
            protocol.setAcceptCount(settings.listen());
        }
        makeRoom(connector, limits, settings);
        if (settings.reusePort()) {
            ReusePort.set(connector, protocol);
        }
        // bound at start, so that a stop can close the listening socket first
        // (AbstractEndpoint.closeServerSocketGraceful)
        connector.setProperty("bindOnInit", "false");
    }

    /**
     * Makes room for N processors, and for the connections of N requests, of the queue and of event
     * streams; also while it runs. A limit of connections that the user has set is kept: it may
     * serve to limit memory.
     */
    static void makeRoom(Connector connector, UserLimits limits, WorkerSettings settings) {
        AbstractProtocol<?> protocol = requireSupported(connector);
        protocol.setProcessorCache(atLeast(settings.limit(), protocol.getProcessorCache()));
        long connections = settings.requestsAtOnce() + settings.listen();
        if (!limits.maxConnections()) {
            protocol.setMaxConnections(
                    atLeast(
                            (int) Math.min(connections, Integer.MAX_VALUE),
                            protocol.getMaxConnections()));
        } else if (protocol.getMaxConnections() >= 0
                && protocol.getMaxConnections() < settings.limit()) {
            LOG.log(
                    Level.WARNING,
                    "connector {0}: maxConnections: {1} (expected: at least {2}, as {3} says, so that"
                            + " so many requests can come over HTTP/1.1): kept as it was set; raise it,"
                            + " remove it, or lower {3}",
                    String.valueOf(connector.getPort()),
                    String.valueOf(protocol.getMaxConnections()),
                    String.valueOf(settings.limit()),
                    settings.model().word());
        }
    }

    /** In both of these settings of Tomcat a negative number means no limit. */
    private static int atLeast(int wanted, int present) {
        return present < 0 ? present : Math.max(wanted, present);
    }
}
