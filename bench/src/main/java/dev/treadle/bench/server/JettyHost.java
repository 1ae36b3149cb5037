package dev.treadle.bench.server;

import dev.treadle.jetty.JettyWorkers;

import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;

/** Embedded Jetty, its EE 11 environment, with one servlet. */
final class JettyHost implements Host {
    private @Nullable Server server;

    @Override
    public int start(HostSetup setup) throws Exception {
        Server made = server(setup);
        server = made;
        ServerConnector http = new ServerConnector(made);
        http.setHost(HostSetup.ADDRESS);
        http.setPort(0);
        http.setAcceptQueueSize(HostSetup.BACKLOG);
        http.setIdleTimeout(HostSetup.IDLE.toMillis());
        made.addConnector(http);
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(new ServletHolder(new WorkServlet()), "/");
        made.setHandler(context);
        if (setup.runner().isTreadle()) {
            JettyWorkers.install(made, setup.requiredWorkers());
        }
        made.start();
        if (!setup.gate()) {
            takeGateOut(made);
        }
        return http.getLocalPort();
    }

    /** A running server does not let its handler be replaced, and here nothing is in it yet. */
    private static void takeGateOut(Server server) throws ReflectiveOperationException {
        Handler gate = server.getHandler();
        if (!gate.getClass().getName().equals("dev.treadle.jetty.GateHandler")) {
            throw new IllegalStateException("Jetty: no gate to be taken out, but " + gate);
        }
        MethodHandles.privateLookupIn(Handler.Wrapper.class, MethodHandles.lookup())
                .findVarHandle(Handler.Wrapper.class, "_handler", Handler.class)
                .set(server, ((Handler.Wrapper) gate).getHandler());
    }

    private static Server server(HostSetup setup) {
        return switch (setup.runner()) {
            case GEVENT, THREADS, VIRTUAL ->
                    new Server(JettyWorkers.threadPool(setup.requiredWorkers()));
            case POOL -> new Server(new QueuedThreadPool(setup.n()));
            case OWN_VIRTUAL -> {
                QueuedThreadPool pool = new QueuedThreadPool();
                pool.setVirtualThreadsExecutor(HostSetup.virtualThreads());
                yield new Server(pool);
            }
            case OWN_VIRTUAL_POOL -> {
                VirtualThreadPool pool = new VirtualThreadPool();
                pool.setMaxConcurrentTasks(setup.n());
                yield new Server(pool);
            }
            default -> throw setup.unknownTo("Jetty");
        };
    }

    @Override
    public void stop() throws Exception {
        if (server != null) {
            server.stop();
        }
    }
}
