package dev.treadle.it.agent.program;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

import java.nio.file.Path;

/** Jetty as an application embeds it. */
final class EmbeddedJetty implements EmbeddedServer {
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);

    EmbeddedJetty(Path directory) {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder pages = new ServletHolder(new Pages(directory));
        pages.setAsyncSupported(true);
        context.addServlet(pages, "/*");
        server.setHandler(context);
    }

    @Override
    public int start() throws Exception {
        server.start();
        return connector.getLocalPort();
    }

    @Override
    public void stop() throws Exception {
        server.stop();
    }
}
