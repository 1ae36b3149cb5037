package dev.treadle.jetty;

import dev.treadle.Workers;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;
import dev.treadle.tck.WorkersContract;

import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The contract on Jetty, core and ee10; the build runs it on 12.0 and on 12.1. */
class JettyWorkersContractTest extends WorkersContract {
    @Override
    protected TckServer newServer(Workers workers, TckApplication application) {
        Server server = new Server(JettyWorkers.threadPool(workers));
        JettyWorkers.install(server, workers);
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        return new ContractServer(server, connector, application);
    }

    private static final class ContractServer implements TckServer {
        private final Server server;
        private final ServerConnector connector;
        private final TckApplication application;
        private volatile int port;

        ContractServer(Server server, ServerConnector connector, TckApplication application) {
            this.server = server;
            this.connector = connector;
            this.application = application;
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
         * The connector has none any more when its socket is closed, which is the first thing a
         * stop does.
         */
        @Override
        public int port() {
            return port;
        }

        @Override
        public void stop() throws Exception {
            server.stop();
        }
    }

    private static ServletContextHandler context(TckApplication application) {
        ServletContextHandler context =
                new ServletContextHandler("/", ServletContextHandler.SESSIONS);
        context.addServletContainerInitializer(application);
        JakartaWebSocketServletContainerInitializer.configure(
                context, (servletContext, container) -> application.register(container));
        ErrorPageErrorHandler errorPages = new ErrorPageErrorHandler();
        application.errorPages().forEach(errorPages::addErrorPage);
        context.setErrorHandler(errorPages);
        return context;
    }
}
