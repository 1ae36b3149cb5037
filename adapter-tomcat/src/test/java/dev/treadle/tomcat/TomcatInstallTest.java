package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ContainerAdapter;
import dev.treadle.spi.ContainerAdapters;
import dev.treadle.tck.AdapterAlone;
import dev.treadle.tck.RawClient;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.RemoteIpValve;
import org.apache.coyote.AbstractProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

class TomcatInstallTest {
    private final Workers workers = Workers.open(WorkerSettings.gevent(300));
    private final Tomcat tomcat = new Tomcat();

    @TempDir Path base;

    @BeforeEach
    void setUp() {
        tomcat.setBaseDir(base.toString());
    }

    @AfterEach
    void end() throws LifecycleException {
        tomcat.stop();
        workers.close();
        tomcat.destroy();
    }

    private Connector connector(String protocol) {
        Connector connector = new Connector(protocol);
        connector.setPort(0);
        tomcat.getService().addConnector(connector);
        return connector;
    }

    private static AbstractProtocol<?> protocol(Connector connector) {
        return (AbstractProtocol<?>) connector.getProtocolHandler();
    }

    @Test
    void nio2IsRefusedWithWhatToDo() {
        connector("org.apache.coyote.http11.Http11Nio2Protocol");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TomcatWorkers.install(tomcat, workers))
                .withMessageContaining("Http11Nio2Protocol")
                .withMessageContaining("expected: org.apache.coyote.http11.Http11NioProtocol");
    }

    @Test
    void nio2AddedAfterTheInstallationFailsTheStart() {
        TomcatWorkers.install(tomcat, workers);
        connector("org.apache.coyote.http11.Http11Nio2Protocol");
        assertThatThrownBy(tomcat::start)
                .hasStackTraceContaining("expected: org.apache.coyote.http11.Http11NioProtocol");
    }

    @Test
    void everyConnectorGetsTheExecutorTheBacklogAndRoomForN() throws LifecycleException {
        Connector before = connector("HTTP/1.1");
        Installation installation = TomcatWorkers.install(tomcat, workers);
        Connector after = connector("org.apache.coyote.http11.Http11NioProtocol");
        tomcat.start();
        for (Connector connector : new Connector[] {before, after}) {
            assertThat(protocol(connector).getExecutor()).isInstanceOf(WorkersExecutor.class);
            assertThat(protocol(connector).getAcceptCount()).isEqualTo(1_024);
            assertThat(protocol(connector).getProcessorCache()).isEqualTo(300);
            assertThat(protocol(connector).getMaxConnections()).isEqualTo(8_192);
        }
        assertThat(installation.startLine())
                .startsWith("Treadle " + dev.treadle.Treadle.version() + ": gevent 300 on ")
                .contains(", Tomcat 1");
    }

    /** Tomcat's default numbers are raised, those that the user has set are not. */
    @Test
    void limitsThatTheUserHasSetAreKeptThroughEverySwitch() throws LifecycleException {
        Connector users = connector("HTTP/1.1");
        users.setProperty("maxConnections", "400");
        users.setProperty("acceptCount", "7");
        Connector unlimited = connector("HTTP/1.1");
        unlimited.setProperty("maxConnections", "-1");
        Connector tomcats = connector("HTTP/1.1");
        TomcatWorkers.install(tomcat, workers);
        tomcat.start();
        assertThat(protocol(users).getMaxConnections()).isEqualTo(400);
        assertThat(protocol(users).getAcceptCount()).isEqualTo(7);
        for (int n : new int[] {20_000, 30_000}) {
            workers.switchTo(WorkerSettings.virtual(n));
            assertThat(protocol(users).getMaxConnections()).isEqualTo(400);
            assertThat(protocol(unlimited).getMaxConnections()).isEqualTo(-1);
            assertThat(protocol(tomcats).getMaxConnections()).isGreaterThan(2 * n);
        }
    }

    /** Where the tomcat.threads metrics come from: JMX, seen from within a request. */
    @Test
    void theThreadFiguresOfTomcatKeepMeaningSomething() throws Exception {
        Connector connector = connector("HTTP/1.1");
        HttpServlet servlet =
                new HttpServlet() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response)
                            throws IOException {
                        response.getWriter()
                                .print(
                                        figure("currentThreadsBusy")
                                                + " of "
                                                + figure("currentThreadCount"));
                    }
                };
        var context = tomcat.addContext("", base.toString());
        Tomcat.addServlet(context, "servlet", servlet);
        context.addServletMappingDecoded("/", "servlet");
        TomcatWorkers.install(tomcat, workers);
        tomcat.start();
        try (RawClient client = new RawClient(connector.getLocalPort())) {
            assertThat(client.get("/").text()).matches("[1-9][0-9]* of [1-9][0-9]*");
        }
    }

    private static Object figure(String attribute) {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName pool =
                    beans.queryNames(new ObjectName("Tomcat:type=ThreadPool,name=*"), null)
                            .iterator()
                            .next();
            return beans.getAttribute(pool, attribute);
        } catch (JMException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    @Test
    void theGateIsInFrontOfValvesThatAreAddedLater() throws LifecycleException {
        connector("HTTP/1.1");
        tomcat.getEngine();
        TomcatWorkers.install(tomcat, workers);
        tomcat.getEngine().getPipeline().addValve(new RemoteIpValve());
        tomcat.start();
        assertThat(tomcat.getEngine().getPipeline().getFirst()).isInstanceOf(GateValve.class);
        assertThat(tomcat.getEngine().getPipeline().getValves()).hasSize(3);
    }

    @Test
    void aStartedServerIsTooLate() throws LifecycleException {
        connector("HTTP/1.1");
        tomcat.start();
        assertThatIllegalStateException()
                .isThrownBy(() -> TomcatWorkers.install(tomcat, workers))
                .withMessageContaining("expected: NEW");
    }

    @Test
    void workersServeOneContainer() {
        TomcatWorkers.install(tomcat, workers);
        assertThatIllegalStateException()
                .isThrownBy(() -> TomcatWorkers.install(new Tomcat().getServer(), workers))
                .withMessageContaining("installed in Tomcat");
    }

    @Test
    void closedWorkersAreRefused() {
        workers.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> TomcatWorkers.install(tomcat, workers))
                .withMessageContaining("closed");
    }

    @Test
    void aHostFindsTheAdapterForItsContainer() {
        ContainerAdapter adapter = ContainerAdapters.find(tomcat).orElseThrow();
        assertThat(adapter.name()).isEqualTo("tomcat");
        assertThat(adapter.install(tomcat, workers).container()).isEqualTo("Tomcat");
        assertThat(ContainerAdapters.find("no container")).isEmpty();
    }

    /** As in an application that has this jar and another container. */
    @Test
    void withoutTomcatTheAdapterSupportsNothing() throws Exception {
        ContainerAdapter alone = AdapterAlone.load(TomcatAdapter.class, "org.apache.");
        assertThat(alone.supports("whatever")).isFalse();
    }
}
