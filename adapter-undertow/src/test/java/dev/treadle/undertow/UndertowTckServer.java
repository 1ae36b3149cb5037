package dev.treadle.undertow;

import dev.treadle.Workers;
import dev.treadle.tck.Gap;
import dev.treadle.tck.Protocol;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;
import dev.treadle.tck.Tls;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.handlers.PathHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;

import jakarta.servlet.ServletException;

import java.util.Set;

/** An Undertow with its servlets and WebSockets, as its users embed it. */
final class UndertowTckServer implements TckServer {
    /** See HubCarriers: before JDK 24 they have threads of their own. */
    static final Set<Gap> GAPS =
            Runtime.version().feature() < 24 ? Set.of(Gap.NO_HUB_LOOPS) : Set.of();

    /**
     * A timeout that is queued after the end of its asynchronous request, whose client has left, is
     * still reported (AsyncContextImpl.TimeoutTask looks before it queues, and not after, 2.3.26).
     */
    static final String LATE_TIMEOUT = "UT015021.*onAsyncTimeout";

    private final Undertow undertow;
    private final DeploymentManager deployment;
    private boolean started;
    private boolean destroyed;
    private int port;

    UndertowTckServer(Workers workers, TckApplication application, Protocol protocol)
            throws ServletException {
        PathHandler root = new PathHandler();
        Undertow.Builder builder = Undertow.builder();
        builder.setServerOption(UndertowOptions.ENABLE_HTTP2, protocol.isHttp2());
        if (protocol.isTls()) {
            builder.addHttpsListener(0, "127.0.0.1", Tls.server());
        } else {
            builder.addHttpListener(0, "127.0.0.1");
        }
        UndertowWorkers.install(builder, root, workers);
        undertow = builder.build();
        deployment = Servlets.defaultContainer().addDeployment(deployment(undertow, application));
        deployment.deploy();
        root.addPrefixPath(contextPath(application), deployment.start());
    }

    private static String contextPath(TckApplication application) {
        return application.contextPath().isEmpty() ? "/" : application.contextPath();
    }

    private static DeploymentInfo deployment(Undertow undertow, TckApplication application) {
        WebSocketDeploymentInfo webSockets =
                new WebSocketDeploymentInfo()
                        .setWorker(undertow.getWorker())
                        .setDispatchToWorkerThread(true)
                        .setBuffers(new DefaultByteBufferPool(false, 1_024))
                        .addEndpoint(application.webSocket());
        DeploymentInfo deployment =
                Servlets.deployment()
                        .setClassLoader(TckApplication.class.getClassLoader())
                        .setDeploymentName("tck")
                        .setContextPath(contextPath(application))
                        .addServletContainerInitializer(
                                new ServletContainerInitializerInfo(
                                        TckApplication.class,
                                        new ImmediateInstanceFactory<>(application),
                                        Set.of()))
                        .addServletContextAttribute(
                                WebSocketDeploymentInfo.ATTRIBUTE_NAME, webSockets);
        application
                .errorPages()
                .forEach((status, path) ->
                        deployment.addErrorPage(Servlets.errorPage(path, status)));
        return deployment;
    }

    @Override
    public synchronized void start() {
        if (!started) {
            undertow.start();
            port = Ports.of(undertow);
            started = true;
        }
    }

    @Override
    public synchronized int port() {
        return port;
    }

    @Override
    public synchronized void stop() {
        undertow.stop();
        started = false;
    }

    @Override
    public synchronized void destroy() throws ServletException {
        if (!destroyed) {
            destroyed = true;
            deployment.stop();
            deployment.undeploy();
        }
    }
}
