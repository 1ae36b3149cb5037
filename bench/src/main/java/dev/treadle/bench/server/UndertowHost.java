package dev.treadle.bench.server;

import dev.treadle.undertow.UndertowWorkers;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;

import jakarta.servlet.ServletException;

import org.jspecify.annotations.Nullable;
import org.xnio.Options;

import java.net.InetSocketAddress;

/** Embedded Undertow with one servlet. */
final class UndertowHost implements Host {
    private static final int BUFFER_SIZE = 16_384;

    private @Nullable Undertow undertow;

    @Override
    public int start(HostSetup setup) throws ServletException {
        DeploymentInfo deployment = deployment();
        Undertow.Builder builder = Undertow.builder();
        builder.addHttpListener(0, HostSetup.ADDRESS);
        builder.setSocketOption(Options.BACKLOG, HostSetup.BACKLOG);
        builder.setServerOption(
                UndertowOptions.NO_REQUEST_TIMEOUT, (int) HostSetup.IDLE.toMillis());
        run(setup, builder, deployment);
        Undertow made = builder.build();
        undertow = made;
        made.start();
        InetSocketAddress address = (InetSocketAddress) made.getListenerInfo().get(0).getAddress();
        return address.getPort();
    }

    private static void run(HostSetup setup, Undertow.Builder builder, DeploymentInfo deployment)
            throws ServletException {
        switch (setup.runner()) {
            case GEVENT, THREADS, VIRTUAL -> {
                HttpHandler root = deploy(deployment);
                UndertowWorkers.install(builder, root, setup.requiredWorkers());
                if (!setup.gate()) {
                    // Undertow dispatches to its worker, whose tasks run on ours, by itself
                    builder.setHandler(root);
                }
                return;
            }
            case POOL -> builder.setWorkerThreads(setup.n());
            case OWN_VIRTUAL, OWN_VIRTUAL_DEFAULT -> {
                deployment.setExecutor(HostSetup.virtualThreads());
                if (setup.runner() == Runner.OWN_VIRTUAL) {
                    // no buffers cached per thread: the cache of a virtual thread is lost when the
                    // thread ends, and one lock guards the map of the caches
                    builder.setByteBufferPool(new DefaultByteBufferPool(true, BUFFER_SIZE, -1, 0));
                }
            }
            default -> throw setup.unknownTo("Undertow");
        }
        builder.setHandler(deploy(deployment));
    }

    private static DeploymentInfo deployment() {
        WorkServlet servlet = new WorkServlet();
        return Servlets.deployment()
                .setClassLoader(UndertowHost.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("work")
                .addServlet(
                        Servlets.servlet(
                                        "work",
                                        WorkServlet.class,
                                        new ImmediateInstanceFactory<>(servlet))
                                .addMapping("/"));
    }

    private static HttpHandler deploy(DeploymentInfo deployment) throws ServletException {
        DeploymentManager manager = Servlets.newContainer().addDeployment(deployment);
        manager.deploy();
        return manager.start();
    }

    @Override
    public void stop() {
        if (undertow != null) {
            undertow.stop();
        }
    }
}
