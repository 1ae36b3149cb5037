package dev.treadle.launcher.jetty;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.jetty.JettyWorkers;
import dev.treadle.launcher.host.ContainerHost;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.ListenFailedException;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.host.Site;
import dev.treadle.launcher.host.TlsIdentity;
import dev.treadle.launcher.sleeper.PageDefaults;
import dev.treadle.launcher.sleeper.SleepServlet;

import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.jul.JULServiceProvider;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Embedded Jetty, its EE 11 environment, with JSP, annotations, web fragments and WebSocket. */
public final class JettyHost implements ContainerHost {
    private @Nullable Server server;
    private final List<ServerConnector> connectors = new ArrayList<>();

    /** For the launcher. */
    public JettyHost() {}

    @Override
    public Installation start(Site site, Workers workers) throws Exception {
        Server made = new Server(JettyWorkers.threadPool(workers));
        server = made;
        for (Listener listener : site.listeners()) {
            ServerConnector connector = connector(made, listener);
            connectors.add(connector);
            made.addConnector(connector);
        }
        made.setHandler(handler(site));
        JettyHttp.apply(made, site.http());
        // an application with a login must start here as it does on Tomcat. There too no user can
        // log in until users are defined. Without any login service Jetty refuses the application
        HashLoginService nobody = new HashLoginService("treadle");
        nobody.setUserStore(new UserStore());
        made.addBean(nobody);
        Installation installation = JettyWorkers.install(made, workers);
        // before the application starts, as Tomcat does: a port in use is found before the
        // application has done anything
        for (int i = 0; i < connectors.size(); i++) {
            open(connectors.get(i), site.listeners().get(i));
        }
        made.start();
        return installation;
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
                ? new ServerConnector(
                        server, http1, new HTTP2CServerConnectionFactory(configuration))
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

    private static void open(ServerConnector connector, Listener listener)
            throws ListenFailedException {
        try {
            connector.open();
        } catch (IOException refused) {
            throw new ListenFailedException(listener, refused);
        }
    }

    private static ServletContextHandler handler(Site site) {
        return switch (site.content()) {
            case Content.War war -> warHandler(war, site);
            case Content.Sleep sleep -> {
                ServletContextHandler context = new ServletContextHandler();
                context.addServlet(new ServletHolder(new SleepServlet(sleep.duration())), "/");
                yield context;
            }
        };
    }

    private static WebAppContext warHandler(Content.War war, Site site) {
        WebAppContext context = new WebAppContext();
        context.setWar(war.file().toString());
        context.setContextPath(war.contextPath());
        context.setTempDirectory(site.workDirectory().resolve("jetty").toFile());
        // else an application with an SLF4J of its own finds ours first, and fails to log
        context.getHiddenClassMatcher()
                .add(jar(LoggerFactory.class), jar(JULServiceProvider.class));
        context.addServletContainerInitializer(new PageDefaults());
        // else Jetty serves 503 for an application that failed to start
        context.setThrowUnavailableOnStartupException(true);
        return context;
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
            // opened before the start, so not closed by the stop of a server that never started
            connectors.forEach(ServerConnector::close);
            server.destroy();
        }
    }
}
