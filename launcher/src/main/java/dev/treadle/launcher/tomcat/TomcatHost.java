package dev.treadle.launcher.tomcat;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.launcher.host.ApplicationFailedException;
import dev.treadle.launcher.host.ContainerHost;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.FormerVersion;
import dev.treadle.launcher.host.ListenFailedException;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.host.Site;
import dev.treadle.launcher.host.TlsIdentity;
import dev.treadle.launcher.host.TlsKeys;
import dev.treadle.launcher.host.WarVersion;
import dev.treadle.launcher.provision.Provisions;
import dev.treadle.launcher.sleeper.PageDefaults;
import dev.treadle.launcher.sleeper.SleepServlet;
import dev.treadle.tomcat.TomcatWorkers;

import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.util.scan.StandardJarScanner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Embedded Tomcat with JSP, annotations, web fragments and WebSocket. */
public final class TomcatHost implements ContainerHost {
    private final VersionedTomcat tomcat = new VersionedTomcat();
    private final TomcatApplications applications = new TomcatApplications(tomcat);
    private final List<Connector> connectors = new ArrayList<>();
    private Provisions provisions = Provisions.none();

    /** For the launcher. */
    public TomcatHost() {}

    @Override
    public Installation start(Site site, Workers workers)
            throws IOException,
                    LifecycleException,
                    ListenFailedException,
                    ApplicationFailedException {
        tomcat.setBaseDir(site.workDirectory().toString());
        for (Listener listener : site.listeners()) {
            Connector connector = connector(listener);
            connectors.add(connector);
            // the first one so that Tomcat makes none of its own
            tomcat.setConnector(connector);
        }
        // else an application would find its container's classes through the launcher's class
        // loader, which has none
        tomcat.getEngine().setParentClassLoader(TomcatHost.class.getClassLoader());
        tomcat.enableNaming();
        TomcatHttp.prepare(tomcat, connectors, site.http());
        addContent(site);
        Installation installation = TomcatWorkers.install(tomcat, workers);
        TomcatHttp.addBehindGate(tomcat.getEngine(), site.http());
        start(site.listeners());
        return installation;
    }

    private void start(List<Listener> listeners)
            throws LifecycleException, ListenFailedException, ApplicationFailedException {
        try {
            tomcat.start();
        } catch (LifecycleException failed) {
            applications.requireStarted();
            for (int i = 0; i < connectors.size(); i++) {
                if (connectors.get(i).getState() == LifecycleState.FAILED) {
                    throw new ListenFailedException(listeners.get(i), failed);
                }
            }
            throw failed;
        }
    }

    private static Connector connector(Listener listener) {
        Connector connector = new Connector();
        connector.setPort(listener.address().port());
        String host = listener.address().host();
        if (host != null) {
            connector.setProperty("address", host);
        }
        // else a port in use is only logged, and the server runs on without it
        connector.setThrowOnFailure(true);
        switch (listener) {
            case Listener.Plain plain -> {
                if (plain.http2()) {
                    connector.addUpgradeProtocol(new CleartextHttp2());
                }
            }
            case Listener.Tls tls -> {
                secure(connector, tls.keys());
                connector.addUpgradeProtocol(new Http2Protocol());
            }
        }
        return connector;
    }

    private static void secure(Connector connector, TlsKeys keys) {
        SSLHostConfig config = new SSLHostConfig();
        config.setProtocols(String.join("+", TlsIdentity.PROTOCOLS));
        SSLHostConfigCertificate certificate =
                new SSLHostConfigCertificate(config, SSLHostConfigCertificate.Type.UNDEFINED);
        certificate.setSslContext(JdkSslContext.of(keys));
        config.addCertificate(certificate);
        connector.setSecure(true);
        connector.setScheme("https");
        connector.setProperty("SSLEnabled", "true");
        connector.addSslHostConfig(config);
    }

    private void addContent(Site site) throws IOException {
        switch (site.content()) {
            case Content.Wars wars -> {
                // Tomcat unpacks WARs there
                Path unpacked = Files.createDirectory(site.workDirectory().resolve("webapps"));
                tomcat.getHost().setAppBase(unpacked.toString());
                provisions = site.provisions();
                applications.add(site.versions(), this::warContext);
            }
            case Content.Sleep sleep -> addSleepContext(sleep, site.workDirectory());
        }
    }

    private StandardContext warContext(WarVersion version) {
        StandardContext context = tomcat.newContext(version);
        context.setFailCtxIfServletStartFails(true);
        context.setRealm(new UsersRealm(provisions.users()));
        context.setDelegate(provisions.parentFirst());
        // the JVM ends with the application: nothing can leak, and the checks want more of the JDK
        // opened
        context.setSkipMemoryLeakChecksOnJvmShutdown(true);
        // for it, too, more of the JDK would have to be opened
        context.setClearReferencesRmiTargets(false);
        // a reload renews the threads, so the values in the old ones are no leak
        context.setClearReferencesThreadLocals(false);
        TomcatJndi.add(context, provisions.jndi().objects());
        context.addServletContainerInitializer(new PageDefaults(), null);
        // the jars of the launcher are not the application's
        ((StandardJarScanner) context.getJarScanner()).setScanClassPath(false);
        return context;
    }

    private void addSleepContext(Content.Sleep sleep, Path workDirectory) {
        Context context = tomcat.addContext("", workDirectory.toString());
        Tomcat.addServlet(context, "sleep", new SleepServlet(sleep.duration())).addMapping("/");
    }

    @Override
    public FormerVersion replace(WarVersion next) throws ApplicationFailedException {
        return applications.replace(next, warContext(next));
    }

    @Override
    public List<Integer> ports() {
        return connectors.stream().map(Connector::getLocalPort).toList();
    }

    @Override
    public void stopListening() {
        connectors.forEach(connector -> connector.getProtocolHandler().closeServerSocketGraceful());
    }

    @Override
    public void stop() throws LifecycleException {
        if (tomcat.getServer().getState().isAvailable()) {
            tomcat.stop();
        }
        tomcat.destroy();
    }
}
