package dev.treadle.tomcat;

import static org.awaitility.Awaitility.await;

import dev.treadle.Workers;
import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.Tls;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** A Tomcat with servlets of the test, and a plain connector that speaks HTTP/2 too. */
final class TestTomcat implements AutoCloseable {
    /** The body of a servlet. */
    @FunctionalInterface
    interface Action {
        void serve(HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    static WorkerSettings.Builder settings(WorkerModel model, int n) {
        WorkerSettings.Builder builder = WorkerSettings.builder();
        return switch (model) {
            case THREADS -> builder.threads(n);
            case VIRTUAL -> builder.virtual(n);
            case GEVENT -> builder.gevent(n);
        };
    }

    private final Path base;
    private final Tomcat tomcat = new Tomcat();
    private final Workers workers;
    private final StandardContext context;
    private final Connector plain;

    TestTomcat(WorkerSettings settings) throws IOException {
        base = Files.createTempDirectory("treadle-tomcat");
        workers = Workers.open(settings);
        tomcat.setBaseDir(base.toString());
        plain = add(false);
        tomcat.setConnector(plain);
        context = (StandardContext) tomcat.addContext("", base.toString());
        context.setClearReferencesRmiTargets(false); // else it warns of an --add-opens
        TomcatWorkers.install(tomcat, workers);
    }

    /** Adds a connector; before the start. */
    Connector add(boolean tls) {
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        if (tls) {
            SSLHostConfig host = new SSLHostConfig();
            SSLHostConfigCertificate certificate =
                    new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
            certificate.setCertificateKeystore(Tls.keys());
            certificate.setCertificateKeystoreType(Tls.TYPE);
            certificate.setCertificateKeyPassword(Tls.PASSWORD);
            host.addCertificate(certificate);
            connector.setSecure(true);
            connector.setScheme("https");
            connector.setProperty("SSLEnabled", "true");
            connector.addSslHostConfig(host);
        }
        connector.addUpgradeProtocol(new Http2Protocol());
        tomcat.getService().addConnector(connector);
        return connector;
    }

    TestTomcat servlet(String path, Action action) {
        HttpServlet servlet =
                new HttpServlet() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    @SuppressWarnings("serial")
                    protected void service(HttpServletRequest request, HttpServletResponse response)
                            throws IOException {
                        try {
                            action.serve(request, response);
                        } catch (IOException | RuntimeException failed) {
                            throw failed;
                        } catch (Exception failed) {
                            throw new IOException(failed);
                        }
                    }
                };
        Wrapper wrapper = Tomcat.addServlet(context, path.substring(1), servlet);
        wrapper.setAsyncSupported(true);
        wrapper.setMultipartConfigElement(new MultipartConfigElement(""));
        context.addServletMappingDecoded(path, path.substring(1));
        return this;
    }

    StandardContext context() {
        return context;
    }

    TestTomcat start() throws LifecycleException {
        tomcat.start();
        return this;
    }

    Tomcat tomcat() {
        return tomcat;
    }

    Workers workers() {
        return workers;
    }

    int port() {
        return plain.getLocalPort();
    }

    void until(String what, Callable<Boolean> condition) {
        await(what)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(2))
                .pollDelay(Duration.ZERO)
                .until(condition);
    }

    void untilIdle() {
        until(
                "idle",
                () ->
                        ServerWorkers.of(workers).gate().active() == 0
                                && ServerWorkers.of(workers).gate().waiting() == 0);
    }

    @Override
    public void close() throws LifecycleException, IOException {
        tomcat.stop();
        tomcat.destroy();
        workers.close();
        try (Stream<Path> files = Files.walk(base)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
