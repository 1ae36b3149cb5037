package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.WorkersMXBean;
import dev.treadle.tck.RawClient;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.apache.catalina.Host;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardEngine;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.core.StandardService;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;

import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The listener in a Tomcat that this JVM has made; it-tests/standalone has those of server.xml. */
class TreadleListenerTest {
    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final Properties before = (Properties) System.getProperties().clone();
    private final Tomcat tomcat = new Tomcat();
    private final TreadleListener listener = new TreadleListener();

    @TempDir Path base;

    @BeforeEach
    void setUp() {
        // those of the build are no settings
        System.getProperties().keySet().removeIf(key -> key.toString().startsWith("treadle."));
        tomcat.setBaseDir(base.toString());
        connectorOf(tomcat.getService());
    }

    @AfterEach
    void end() throws LifecycleException {
        System.setProperties(before);
        if (tomcat.getServer().getState() != LifecycleState.DESTROYED) {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    private static Connector connectorOf(Service service) {
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        service.addConnector(connector);
        return connector;
    }

    private Set<ObjectName> workersBeans() throws JMException {
        return beans.queryNames(new ObjectName("dev.treadle:type=Workers,*"), null);
    }

    @Test
    void theAttributesAreTheSettingsFromTheInitialisationToTheEnd() throws Exception {
        listener.setProperty("gevent", "7");
        listener.setProperty("queue-timeout", "3s");
        listener.setProperty("optional", "true"); // Tomcat's own
        tomcat.getServer().addLifecycleListener(listener);
        System.setProperty("treadle.threads", "5");
        System.setProperty("treadle.queue", "9");
        tomcat.start();

        WorkersMXBean bean =
                JMX.newMXBeanProxy(beans, workersBeans().iterator().next(), WorkersMXBean.class);
        assertThat(bean.getSettings())
                .contains(
                        "gevent=7 (attribute gevent of TreadleListener)",
                        "queue-timeout=3s (attribute queue-timeout of TreadleListener)",
                        "queue=9 (system property treadle.queue)");

        tomcat.stop();
        assertThat(workersBeans()).hasSize(1);
        tomcat.destroy();
        assertThat(workersBeans()).isEmpty();
    }

    @Test
    void theWorkersServeAllServices() throws Exception {
        StandardService second = new StandardService();
        second.setName("second");
        StandardEngine engine = new StandardEngine();
        engine.setName("second");
        engine.setDefaultHost("localhost");
        StandardHost host = new StandardHost();
        host.setName("localhost");
        engine.addChild(host);
        second.setContainer(engine);
        Connector first = tomcat.getConnector();
        Connector other = connectorOf(second);
        tomcat.getServer().addService(second);
        addServlet(tomcat.getHost());
        addServlet(host);
        listener.setProperty("virtual", "7");
        tomcat.getServer().addLifecycleListener(listener);
        tomcat.start();

        for (Connector connector : new Connector[] {first, other}) {
            try (RawClient client = new RawClient(connector.getLocalPort())) {
                assertThat(client.get("/").text()).startsWith("treadle-virtual-");
            }
        }
    }

    private void addServlet(Host host) {
        HttpServlet servlet =
                new HttpServlet() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response)
                            throws IOException {
                        response.getWriter().print(Thread.currentThread().getName());
                    }
                };
        var context = tomcat.addContext(host, "", base.toString());
        Tomcat.addServlet(context, "name", servlet);
        context.addServletMappingDecoded("/", "name");
    }

    @Test
    void anUnknownAttributeFailsTheInitialisation() throws JMException {
        listener.setProperty("gevent", "7");
        listener.setProperty("queueTimeout", "3s");
        tomcat.getServer().addLifecycleListener(listener);

        assertThatThrownBy(tomcat::start)
                .hasStackTraceContaining(
                        "queueTimeout of TreadleListener: 3s (expected: a setting of Treadle; did you"
                                + " mean queue-timeout?)");
        assertThat(workersBeans()).isEmpty();
    }

    @Test
    void aConnectorThatCannotWorkLeavesNoWorkersOpen() throws JMException {
        tomcat.getService()
                .addConnector(new Connector("org.apache.coyote.http11.Http11Nio2Protocol"));
        listener.setProperty("gevent", "7");
        tomcat.getServer().addLifecycleListener(listener);

        assertThatThrownBy(tomcat::start).hasStackTraceContaining("Http11NioProtocol");
        assertThat(workersBeans()).isEmpty();
    }

    @Test
    void anotherPlaceThanServerIsRefused() {
        listener.setProperty("gevent", "7");
        tomcat.getEngine().addLifecycleListener(listener);

        assertThatThrownBy(tomcat::start)
                .hasStackTraceContaining(
                        "TreadleListener: in StandardEngine[Tomcat] (expected: directly in <Server>");
    }
}
