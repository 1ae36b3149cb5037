package dev.treadle.jetty;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.tck.RawClient;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

import java.io.IOException;
import java.util.function.Function;

/**
 * A Jetty server on 127.0.0.1 with workers installed, and not started. Its end stops it and closes
 * the workers.
 */
final class JettyTestServer implements AutoCloseable {
    final Workers workers;
    final Server server;
    final ServerConnector connector;
    final Installation installation;

    JettyTestServer(WorkerSettings settings) {
        this(settings, -1);
    }

    JettyTestServer(WorkerSettings settings, int acceptors) {
        this(settings, server -> new ServerConnector(server, acceptors, -1));
    }

    JettyTestServer(WorkerSettings settings, Function<Server, ServerConnector> connectors) {
        workers = Workers.open(settings);
        server = new Server(JettyWorkers.threadPool(workers));
        connector = connectors.apply(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        installation = JettyWorkers.install(server, workers);
    }

    JettyTestServer start(Handler handler) throws Exception {
        server.setHandler(handler);
        server.start();
        return this;
    }

    RawClient connect() throws IOException {
        return new RawClient(connector.getLocalPort());
    }

    @Override
    public void close() {
        stop();
        workers.close();
    }

    void stop() {
        try {
            server.stop();
        } catch (Exception failed) {
            throw new IllegalStateException("server could not be stopped", failed);
        }
    }
}
