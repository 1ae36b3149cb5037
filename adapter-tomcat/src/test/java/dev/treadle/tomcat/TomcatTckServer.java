package dev.treadle.tomcat;

import dev.treadle.Workers;
import dev.treadle.tck.Protocol;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;
import dev.treadle.tck.Tls;

import jakarta.websocket.server.ServerContainer;

import org.apache.catalina.Container;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.websocket.server.WsSci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A Tomcat as its users embed it. */
final class TomcatTckServer implements TckServer {
    /**
     * A servlet that throws after startAsync: see GateValve.ReleaseOnComplete.onError; the same
     * without Treadle.
     */
    static final List<String> FAULTS = List.of("asyncPostProcess.*MUST_ERROR");

    private final Tomcat tomcat = new Tomcat();
    private final TckApplication application;
    private final Path base;

    TomcatTckServer(Workers workers, TckApplication application, Protocol protocol)
            throws IOException {
        this.application = application;
        base = Files.createTempDirectory("treadle-tomcat");
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        if (protocol.isTls()) {
            connector.setSecure(true);
            connector.setScheme("https");
            connector.setProperty("SSLEnabled", "true");
            connector.addSslHostConfig(certificate());
        }
        if (protocol.isHttp2()) {
            connector.addUpgradeProtocol(http2());
        }
        tomcat.setConnector(connector);
        TomcatWorkers.install(tomcat, workers);
    }

    private static SSLHostConfig certificate() {
        SSLHostConfig host = new SSLHostConfig();
        SSLHostConfigCertificate certificate =
                new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
        certificate.setCertificateKeystore(Tls.keys());
        certificate.setCertificateKeystoreType(Tls.TYPE);
        certificate.setCertificateKeyPassword(Tls.PASSWORD);
        host.addCertificate(certificate);
        return host;
    }

    /** The contract sends tiny frames and many resets, which Tomcat takes for an attack. */
    private static Http2Protocol http2() {
        Http2Protocol http2 = new Http2Protocol();
        http2.setOverheadDataThreshold(0);
        http2.setOverheadResetFactor(0);
        return http2;
    }

    /**
     * A context is made afresh for each start: a stopped one keeps its servlet mappings and forgets
     * its servlets.
     */
    private void deploy() {
        StandardContext context =
                (StandardContext) tomcat.addContext(application.contextPath(), base.toString());
        context.setClearReferencesRmiTargets(
                false); // else it warns of a missing --add-opens that no test needs
        Tomcat.addServlet(
                context,
                "default",
                new DefaultServlet()); // filters, and so WebSockets, need a servlet after them
        context.addServletMappingDecoded("/", "default");
        context.addServletContainerInitializer(new WsSci(), null);
        context.addServletContainerInitializer(application, null);
        context.addServletContainerInitializer(
                (classes, servletContext) ->
                        register(
                                application,
                                (ServerContainer)
                                        servletContext.getAttribute(
                                                ServerContainer.class.getName())),
                Set.of());
        application
                .errorPages()
                .forEach((status, location) -> {
                    ErrorPage page = new ErrorPage();
                    page.setErrorCode(status);
                    page.setLocation(location);
                    context.addErrorPage(page);
                });
    }

    private static void register(TckApplication application, ServerContainer container) {
        try {
            application.register(container);
        } catch (jakarta.websocket.DeploymentException broken) {
            throw new IllegalStateException(broken);
        }
    }

    Tomcat tomcat() {
        return tomcat;
    }

    @Override
    public void start() throws Exception {
        LifecycleState state = tomcat.getServer().getState();
        if (state == LifecycleState.NEW || state == LifecycleState.STOPPED) {
            for (Container former : tomcat.getHost().findChildren()) {
                tomcat.getHost().removeChild(former);
            }
            deploy();
        }
        tomcat.start();
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void stop() throws Exception {
        if (tomcat.getServer().getState() != LifecycleState.DESTROYED) {
            tomcat.stop();
        }
    }

    @Override
    public void destroy() throws Exception {
        if (tomcat.getServer().getState() != LifecycleState.DESTROYED) {
            tomcat.destroy();
            try (Stream<Path> files = Files.walk(base)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
