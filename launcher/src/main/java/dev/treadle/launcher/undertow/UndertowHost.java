package dev.treadle.launcher.undertow;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.launcher.host.ApplicationFailedException;
import dev.treadle.launcher.host.ContainerHost;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.FormerVersion;
import dev.treadle.launcher.host.ListenFailedException;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.host.Site;
import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.host.TlsIdentity;
import dev.treadle.launcher.host.WarVersion;
import dev.treadle.launcher.provision.JndiObjects;
import dev.treadle.launcher.sleeper.PageDefaults;
import dev.treadle.launcher.sleeper.SleepServlet;
import dev.treadle.undertow.UndertowGate;
import dev.treadle.undertow.UndertowWorkers;
import dev.treadle.undertow.war.UndertowWar;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;

import jakarta.servlet.ServletException;

import org.jspecify.annotations.Nullable;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.XnioWorker;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/** Embedded Undertow, with the deployer of WARs that it does not have by itself. */
public final class UndertowHost implements ContainerHost {
    /** The port of the protocol, where a proxy in front of this server may have TLS. */
    private static final int USUAL_HTTPS_PORT = 443;

    private @Nullable UndertowApplications applications;
    private @Nullable Undertow undertow;

    /** For the launcher. */
    public UndertowHost() {}

    @Override
    public Installation start(Site site, Workers workers) throws Exception {
        Undertow.Builder builder = Undertow.builder();
        for (Listener listener : site.listeners()) {
            add(builder, listener);
        }
        UndertowHttp.prepare(builder, site.http());
        UndertowGate gate = install(builder, workers);
        // before a port is open: an application that does not start has no client
        builder.setHandler(UndertowHttp.around(gate, root(site, gate.xnioWorker()), site.http()));
        Undertow made = builder.build();
        undertow = made;
        try {
            made.start();
        } catch (RuntimeException failed) {
            // those it has opened are in the list: the one that failed is the next
            throw new ListenFailedException(
                    site.listeners().get(made.getListenerInfo().size()), failed);
        }
        return gate.installation();
    }

    /**
     * HTTP/2 is an option of the whole server in Undertow: if one listener has it, clients of the
     * other may speak it as well.
     */
    private static void add(Undertow.Builder builder, Listener listener) {
        int port = listener.address().port();
        String named = listener.address().host();
        String host = named == null ? "0.0.0.0" : named;
        switch (listener) {
            case Listener.Plain plain -> {
                builder.addHttpListener(port, host);
                if (plain.http2()) {
                    builder.setServerOption(UndertowOptions.ENABLE_HTTP2, true);
                }
            }
            case Listener.Tls tls -> {
                builder.addHttpsListener(port, host, tls.keys().sslContext());
                builder.setServerOption(UndertowOptions.ENABLE_HTTP2, true);
                builder.setSocketOption(
                        Options.SSL_ENABLED_PROTOCOLS, Sequence.of(TlsIdentity.PROTOCOLS));
            }
        }
    }

    private static UndertowGate install(Undertow.Builder builder, Workers workers) {
        try {
            return UndertowWorkers.prepare(builder, workers);
        } catch (IllegalArgumentException setting) {
            throw new StartFailedException(String.valueOf(setting.getMessage()), setting);
        }
    }

    private HttpHandler root(Site site, XnioWorker worker) throws Exception {
        return switch (site.content()) {
            case Content.Wars wars -> {
                UndertowApplications made =
                        new UndertowApplications(version -> deploy(version, site, worker));
                applications = made;
                yield made.start(site.versions());
            }
            case Content.Sleep sleep -> sleepHandler(sleep);
        };
    }

    private UndertowWar deploy(WarVersion version, Site site, XnioWorker worker) throws Exception {
        return UndertowWar.deploy(
                version.source(),
                version.war().contextPath(),
                version.directory(),
                new UndertowWar.Surroundings(
                        worker,
                        exchange -> httpsPort(site.listeners()),
                        new PageDefaults(),
                        new UsersIdentityManager(site.provisions().users()),
                        new GivenResources(site.provisions().jndi().objects()),
                        site.provisions().parentFirst()));
    }

    @Override
    public FormerVersion replace(WarVersion next) throws ApplicationFailedException {
        if (applications == null) {
            throw new IllegalStateException("no application to replace");
        }
        return applications.replace(next);
    }

    private int httpsPort(List<Listener> listeners) {
        List<Integer> ports = ports();
        for (int i = 0; i < ports.size(); i++) {
            if (listeners.get(i) instanceof Listener.Tls) {
                return ports.get(i);
            }
        }
        return USUAL_HTTPS_PORT;
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
    public List<Integer> ports() {
        if (undertow == null) {
            return List.of();
        }
        return undertow.getListenerInfo().stream()
                .map(info -> ((InetSocketAddress) info.getAddress()).getPort())
                .toList();
    }

    /** Undertow's stop closes the listening sockets, and nothing else. */
    @Override
    public void stopListening() {
        if (undertow != null) {
            undertow.stop();
        }
    }

    /**
     * Takes no more connections, and stops the applications. Of the demo, the requests inside get
     * their grace when the workers are closed.
     */
    @Override
    public void stop() throws Exception {
        stopListening();
        if (applications != null) {
            applications.stop();
        }
    }

    private record GivenResources(JndiObjects objects) implements UndertowWar.Resources {
        @Override
        public Map<String, Object> open(ClassLoader application) {
            objects.open(application);
            return objects.byName();
        }

        @Override
        public void close() {
            objects.close();
        }
    }
}
