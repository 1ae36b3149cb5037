package dev.treadle.it.agent.program;

import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/** Undertow as an application embeds it. */
final class EmbeddedUndertow implements EmbeddedServer {
    private final Undertow undertow;

    EmbeddedUndertow(Path directory) throws Exception {
        DeploymentManager manager =
                Servlets.defaultContainer()
                        .addDeployment(
                                Servlets.deployment()
                                        .setClassLoader(EmbeddedUndertow.class.getClassLoader())
                                        .setContextPath("/")
                                        .setIgnoreFlush(false)
                                        .setDeploymentName("pages " + directory)
                                        .addServlet(
                                                Servlets.servlet(
                                                                "pages",
                                                                Pages.class,
                                                                new ImmediateInstanceFactory<>(
                                                                        new Pages(directory)))
                                                        .setAsyncSupported(true)
                                                        .addMapping("/*")));
        manager.deploy();
        undertow =
                Undertow.builder()
                        .addHttpListener(0, "127.0.0.1")
                        .setHandler(manager.start())
                        .build();
    }

    @Override
    public int start() {
        undertow.start();
        InetSocketAddress address =
                (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
        return address.getPort();
    }

    @Override
    public void stop() {
        undertow.stop();
    }
}
