package dev.treadle.launcher.undertow;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.launcher.host.ContainerHost;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.Site;
import dev.treadle.launcher.sleeper.SleepServlet;
import dev.treadle.undertow.UndertowWorkers;

import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;

import jakarta.servlet.ServletException;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;

/** Embedded Undertow. It serves the demo; it has no deployer for WARs. */
public final class UndertowHost implements ContainerHost {
    private @Nullable Undertow undertow;

    /** For the launcher. */
    public UndertowHost() {}

    @Override
    public Installation start(Site site, Workers workers) throws ServletException {
        HttpHandler root =
                switch (site.content()) {
                    case Content.War war ->
                            throw new IllegalArgumentException(
                                    "Undertow: "
                                            + war.file()
                                            + " (expected: no WAR, Undertow cannot deploy it)");
                    case Content.Sleep sleep -> sleepHandler(sleep);
                };
        String host = site.address().host();
        Undertow.Builder builder = Undertow.builder();
        builder.addHttpListener(site.address().port(), host == null ? "0.0.0.0" : host);
        Installation installation = UndertowWorkers.install(builder, root, workers);
        undertow = builder.build();
        undertow.start();
        return installation;
    }

    private static HttpHandler sleepHandler(Content.Sleep sleep) throws ServletException {
        SleepServlet servlet = new SleepServlet(sleep.duration());
        DeploymentInfo deployment =
                Servlets.deployment()
                        .setClassLoader(UndertowHost.class.getClassLoader())
                        .setContextPath("/")
                        .setDeploymentName("sleep")
                        .addServlet(
                                Servlets.servlet(
                                                "sleep",
                                                SleepServlet.class,
                                                new ImmediateInstanceFactory<>(servlet))
                                        .addMapping("/"));
        DeploymentManager manager = Servlets.newContainer().addDeployment(deployment);
        manager.deploy();
        return manager.start();
    }

    @Override
    public int port() {
        if (undertow == null) {
            return -1;
        }
        InetSocketAddress address =
                (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
        return address.getPort();
    }

    /**
     * Takes no more connections; the requests inside get their grace when the workers are closed.
     */
    @Override
    public void stop() {
        if (undertow != null) {
            undertow.stop();
        }
    }
}
