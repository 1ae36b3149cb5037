package dev.treadle.launcher.jetty;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.jetty.JettyWorkers;
import dev.treadle.launcher.host.ApplicationFailedException;
import dev.treadle.launcher.host.ContainerHost;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.FormerVersion;
import dev.treadle.launcher.host.ListenFailedException;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.host.Site;
import dev.treadle.launcher.host.TlsIdentity;
import dev.treadle.launcher.host.WarVersion;

import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.jul.JULServiceProvider;

import java.util.ArrayList;
import java.util.List;

/**
 * Embedded Jetty, with JSP, annotations, web fragments and WebSocket. The classes of a web
 * application are others in each of Jetty's environments: a subclass has them.
 */
abstract class JettyHost implements ContainerHost {
    private @Nullable Server server;
    private final List<ServerConnector> connectors = new ArrayList<>();
    private final JettyApplications applications = new JettyApplications();
    private @Nullable Site site;

    JettyHost() {}

    /** Makes a version of a web application of the site, which the server will start. */
    abstract ContextHandler war(WarVersion version, Site site);

    /** Makes the application of the demo. */
    abstract ContextHandler sleep(Content.Sleep sleep);

    /** Returns the jars whose classes an application must not see. */
    static String[] hiddenJars() {
        // else an application with an SLF4J of its own finds ours first, and fails to log
        return new String[] {jar(LoggerFactory.class), jar(JULServiceProvider.class)};
    }

    @Override
    public Installation start(Site given, Workers workers) throws Exception {
        site = given;
        Server made = new Server(JettyWorkers.threadPool(workers));
        server = made;
        for (Listener listener : given.listeners()) {
            ServerConnector connector = connector(made, listener);
            connectors.add(connector);
            made.addConnector(connector);
        }
        made.setHandler(handler(given));
        JettyHttp.apply(made, given.http());
        // else the sockets are opened before the applications start
        made.setOpenEarly(false);
        Installation installation = JettyWorkers.install(made, workers);
        start(made, given.listeners());
        return installation;
    }

    private void start(Server made, List<Listener> listeners) throws Exception {
        try {
            made.start();
        } catch (Exception | LinkageError failed) {
            for (int i = 0; i < connectors.size(); i++) {
                if (connectors.get(i).isFailed()) {
                    throw new ListenFailedException(listeners.get(i), failed);
                }
            }
            applications.requireNoneFailed(failed);
            throw failed;
        }
    }

    private static ServerConnector connector(Server server, Listener listener) {
        HttpConfiguration configuration = new HttpConfiguration();
        ServerConnector connector =
                switch (listener) {
                    case Listener.Plain plain -> plainConnector(server, configuration, plain);
                    case Listener.Tls tls -> tlsConnector(server, configuration, tls);
                };
        connector.setHost(listener.address().host());
        connector.setPort(listener.address().port());
        return connector;
    }

    private static ServerConnector plainConnector(
            Server server, HttpConfiguration configuration, Listener.Plain plain) {
        HttpConnectionFactory http1 = new HttpConnectionFactory(configuration);
        return plain.http2()
                ? new ServerConnector(server, http1, new CleartextHttp2(configuration))
                : new ServerConnector(server, http1);
    }

    private static ServerConnector tlsConnector(
            Server server, HttpConfiguration configuration, Listener.Tls tls) {
        SecureRequestCustomizer secure = new SecureRequestCustomizer();
        // one certificate serves all host names, as on the other containers; the client checks
        // whether it fits
        secure.setSniHostCheck(false);
        configuration.addCustomizer(secure);
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setSslContext(tls.keys().sslContext());
        context.setIncludeProtocols(TlsIdentity.PROTOCOLS.toArray(String[]::new));
        HttpConnectionFactory http1 = new HttpConnectionFactory(configuration);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        return new ServerConnector(
                server,
                new SslConnectionFactory(context, alpn.getProtocol()),
                alpn,
                new HTTP2ServerConnectionFactory(configuration),
                http1);
    }

    private Handler handler(Site given) {
        return switch (given.content()) {
            case Content.Wars wars -> {
                applications.add(given.versions(), version -> war(version, given));
                yield applications;
            }
            case Content.Sleep sleep -> sleep(sleep);
        };
    }

    @Override
    public FormerVersion replace(WarVersion next) throws ApplicationFailedException {
        if (site == null) {
            throw new IllegalStateException("no application to replace");
        }
        return applications.replace(next, war(next, site));
    }

    private static String jar(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().toString();
    }

    @Override
    public List<Integer> ports() {
        return connectors.stream().map(ServerConnector::getLocalPort).toList();
    }

    @Override
    public void stopListening() {
        connectors.forEach(ServerConnector::close);
    }

    @Override
    public void stop() throws Exception {
        if (server == null) {
            return;
        }
        try {
            server.stop();
        } finally {
            // one of several may be open if another could not be opened
            connectors.forEach(ServerConnector::close);
            server.destroy();
        }
    }
}
