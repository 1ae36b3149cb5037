package dev.treadle.tomcat;

import dev.treadle.spi.ServerWorkers;

import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;

import java.util.stream.Stream;

/**
 * Puts what stands between a connector and its protocols in its place, once the connector is
 * initialised and has them (Connector.initInternal), and before it takes connections.
 */
record AdapterSetup(Connector connector, ServerWorkers workers) implements LifecycleListener {
    /** Adds one to a connector that is not initialised, if it has none. */
    static void addTo(Connector connector, ServerWorkers workers) {
        if (Stream.of(connector.findLifecycleListeners())
                .noneMatch(AdapterSetup.class::isInstance)) {
            connector.addLifecycleListener(new AdapterSetup(connector, workers));
        }
    }

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        if (!event.getType().equals(Lifecycle.AFTER_INIT_EVENT)) {
            return;
        }
        GatedAdapter.putInto(connector, workers);
        Http2Internals internals = Http2Internals.FOUND;
        if (internals != null
                && connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http) {
            WideHttp2.putInto(http, internals);
        }
    }
}
