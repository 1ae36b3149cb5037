package dev.treadle.tomcat;

import dev.treadle.loop.HubLoops;
import dev.treadle.spi.ServerWorkers;

import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.Server;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Lets the pollers of the first NIO connector carry the hubs. Requests of other connectors are
 * handed to the same hubs by their pollers.
 */
final class HubCarriers {
    private final ServerWorkers workers;

    HubCarriers(ServerWorkers workers) {
        this.workers = workers;
    }

    /** Sets up the connector that is to carry them; before it starts, at each start. */
    void setUp(Server server) {
        HubLoops loops = workers.hubLoops().orElse(null);
        if (loops == null) {
            return;
        }
        PollerInternals internals = PollerInternals.find().orElse(null);
        if (internals == null) {
            workers.hubsNotCarried(PollerInternals.whyNot());
            return;
        }
        for (Service service : server.findServices()) {
            for (Connector connector : service.findConnectors()) {
                NioEndpoint endpoint = endpointOf(connector, internals);
                if (endpoint != null) {
                    String problem = internals.trial(endpoint);
                    if (problem != null) {
                        workers.hubsNotCarried(problem);
                        return;
                    }
                    AtStart atStart = new AtStart(endpoint, internals, loops);
                    for (LifecycleListener former : connector.findLifecycleListeners()) {
                        if (former instanceof AtStart) {
                            connector.removeLifecycleListener(former); // of an earlier life
                        }
                    }
                    connector.addLifecycleListener(atStart);
                    workers.hubsCarriedBy("Tomcat's pollers");
                    return;
                }
            }
        }
        workers.hubsNotCarried("there is no NIO connector");
    }

    private static @Nullable NioEndpoint endpointOf(
            Connector connector, PollerInternals internals) {
        return connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol
                ? internals.endpoint(protocol).orElse(null)
                : null;
    }

    /** Tomcat makes its poller when it starts the endpoint, and nowhere else. */
    private record AtStart(NioEndpoint endpoint, PollerInternals internals, HubLoops loops)
            implements LifecycleListener {
        @Override
        public void lifecycleEvent(LifecycleEvent event) {
            if (event.getType().equals(Lifecycle.AFTER_START_EVENT)) {
                try {
                    HubPollers.start(endpoint, internals, loops);
                } catch (IOException noSelector) {
                    throw new UncheckedIOException(
                            "no selector for the hubs of the workers", noSelector);
                }
            }
        }
    }
}
