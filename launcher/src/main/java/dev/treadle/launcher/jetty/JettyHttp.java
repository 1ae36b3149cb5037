package dev.treadle.launcher.jetty;

import dev.treadle.launcher.host.BodyLimit;
import dev.treadle.launcher.host.HttpOptions;
import dev.treadle.launcher.host.Proxies;
import dev.treadle.launcher.host.RequestSink;

import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Sets Jetty up as the options about HTTP say. */
final class JettyHttp {
    private JettyHttp() {}

    /**
     * Sets the connectors up, and puts handlers in front of that of the server, before workers are
     * installed there.
     */
    static void apply(Server server, HttpOptions http) {
        if (http.maxConnections() > 0) {
            for (Connector connector : server.getConnectors()) {
                server.addBean(new NetworkConnectionLimit(http.maxConnections(), connector));
            }
        }
        Proxies proxies = http.proxies();
        if (proxies != null) {
            configurations(server)
                    .forEach(each -> each.addCustomizer(new ForwardedCustomizer(proxies)));
        }
        if (!http.files().isEmpty()) {
            server.setHandler(
                    new Handler.Sequence(StaticHandlers.of(http.files()), server.getHandler()));
        }
        BodyLimit limit = http.maxBody();
        if (limit != null && limit.limits()) {
            putInFront(server, new BodyLimitHandler(limit));
        }
        RequestSink sink = http.sink();
        if (sink != null) {
            RequestLogHandler log = new RequestLogHandler(sink);
            putInFront(server, log);
            server.setRequestLog(log);
        }
    }

    private static void putInFront(Server server, Handler.Wrapper handler) {
        handler.setHandler(server.getHandler());
        server.setHandler(handler);
    }

    /** A connector has one for several protocols. */
    private static Set<HttpConfiguration> configurations(Server server) {
        Set<HttpConfiguration> all = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Connector connector : server.getConnectors()) {
            connector.getConnectionFactories().stream()
                    .filter(HttpConfiguration.ConnectionFactory.class::isInstance)
                    .map(HttpConfiguration.ConnectionFactory.class::cast)
                    .forEach(factory -> all.add(factory.getHttpConfiguration()));
        }
        return all;
    }
}
