package dev.treadle.jetty;

import dev.treadle.WorkerSettings;
import dev.treadle.Workers;
import dev.treadle.tck.RawClient;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

import java.io.IOException;

/**
 * A Jetty server on 127.0.0.1 with workers installed, and not started. Its end stops it and closes
 * the workers.
 */
final class JettyTestServer implements AutoCloseable {
    final Workers workers;
    final Server server;
    final ServerConnector connector;

    JettyTestServer(WorkerSettings settings) {
        this(settings, -1);
    }

    JettyTestServer(WorkerSettings settings, int acceptors) {
        workers = Workers.open(settings);
        server = new Server(JettyWorkers.threadPool(workers));
        connector = new ServerConnector(server, acceptors, -1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        JettyWorkers.install(server, workers);
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
