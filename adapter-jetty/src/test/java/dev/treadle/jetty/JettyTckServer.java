package dev.treadle.jetty;

import dev.treadle.Workers;
import dev.treadle.tck.Protocol;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;
import dev.treadle.tck.Tls;

import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** A Jetty as its users embed it. */
final class JettyTckServer implements TckServer {
    private final Server server;
    private final ServerConnector connector;
    private final TckApplication application;
    private volatile int port;

    JettyTckServer(Workers workers, TckApplication application, Protocol protocol) {
        this.application = application;
        server = new Server(JettyWorkers.threadPool(workers));
        JettyWorkers.install(server, workers);
        connector = new ServerConnector(server, factories(protocol));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
    }

    private static ConnectionFactory[] factories(Protocol protocol) {
        HttpConfiguration http = new HttpConfiguration();
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        return switch (protocol) {
            case HTTP_1_1 -> new ConnectionFactory[] {http1};
            case H2C -> new ConnectionFactory[] {http1, new HTTP2CServerConnectionFactory(http)};
            case H2 -> {
                http.addCustomizer(new SecureRequestCustomizer());
                ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
                alpn.setDefaultProtocol(http1.getProtocol());
                yield new ConnectionFactory[] {
                    new SslConnectionFactory(certificate(), alpn.getProtocol()),
                    alpn,
                    new HTTP2ServerConnectionFactory(http),
                    http1
                };
            }
        };
    }

    static SslContextFactory.Server certificate() {
        SslContextFactory.Server certificate = new SslContextFactory.Server();
        certificate.setKeyStore(Tls.keys());
        certificate.setKeyStorePassword(Tls.PASSWORD);
        return certificate;
    }

    @Override
    public void start() throws Exception {
        if (server.isStopped()) {
            // a new one for each start: a context keeps what an initializer added, which adds
            // it again (Jetty 12.0.36)
            server.setHandler(context(application));
        }
        server.start();
        port = connector.getLocalPort();
    }

    /**
     * The connector has none any more when its socket is closed, which is the first thing a stop
     * does.
     */
    @Override
    public int port() {
        return port;
    }

    @Override
    public void stop() throws Exception {
        server.stop();
    }

    private static ServletContextHandler context(TckApplication application) {
        ServletContextHandler context =
                new ServletContextHandler(
                        application.contextPath().isEmpty() ? "/" : application.contextPath(),
                        ServletContextHandler.SESSIONS);
        context.addServletContainerInitializer(application);
        JakartaWebSocketServletContainerInitializer.configure(
                context, (servletContext, container) -> application.register(container));
        ErrorPageErrorHandler errorPages = new ErrorPageErrorHandler();
        application.errorPages().forEach(errorPages::addErrorPage);
        context.setErrorHandler(errorPages);
        return context;
    }
}
