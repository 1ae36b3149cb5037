package dev.treadle.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ContainerAdapter;
import dev.treadle.spi.ContainerAdapters;
import dev.treadle.tck.AdapterAlone;
import dev.treadle.tck.RawClient;

import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.ExecutorThreadPool;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** The requirements of a server, and the message of install if they are not met. */
class JettyInstallTest {
    /** The version this run is for: the build runs the tests once for each. */
    private static final String EXPECTED_VERSION =
            System.getProperty("treadle.test.jetty", Server.getVersion());

    private final Workers workers = Workers.open(WorkerSettings.virtual(10));

    @AfterEach
    void closeWorkers() {
        workers.close();
    }

    @Test
    void theClassPathHasTheVersionThisRunIsFor() {
        assertThat(Server.getVersion()).isEqualTo(EXPECTED_VERSION);
    }

    @Test
    void theInstallationNamesTheContainer() {
        Installation installation =
                JettyWorkers.install(new Server(JettyWorkers.threadPool(workers)), workers);
        assertThat(installation.startLine()).endsWith("virtual 10, Jetty " + Server.getVersion());
    }

    @Test
    void aPlainPoolIsTakenOn12_1AndRefusedOn12_0() throws Exception {
        Server server = new Server(new QueuedThreadPool());
        if (EXPECTED_VERSION.startsWith("12.0.")) {
            assertThatThrownBy(() -> JettyWorkers.install(server, workers))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(QueuedThreadPool.class.getName())
                    .hasMessageContaining("Jetty " + Server.getVersion())
                    .hasMessageContaining("new Server(JettyWorkers.threadPool(workers))");
        } else {
            JettyWorkers.install(server, workers);
            assertThat(threadThatServes(server)).startsWith("treadle-virtual-");
        }
    }

    @Test
    void workersThatWereRefusedCanBeInstalledOncePutRight() throws Exception {
        assertThatThrownBy(
                        () -> JettyWorkers.install(new Server(new ExecutorThreadPool()), workers))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(ExecutorThreadPool.class.getName())
                .hasMessageContaining("new Server(JettyWorkers.threadPool(workers))");
        Server server = new Server(JettyWorkers.threadPool(workers));
        JettyWorkers.install(server, workers);
        assertThat(threadThatServes(server)).startsWith("treadle-virtual-");
    }

    private static String threadThatServes(Server server) throws Exception {
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(TestHandlers.thread());
        server.start();
        try (RawClient client = new RawClient(connector.getLocalPort())) {
            return client.get("/").text();
        } finally {
            server.stop();
        }
    }

    /** More than once: what is started again has them already. */
    @Test
    void anInstallingPoolInstallsTheWorkersWhenItsServerStarts() throws Exception {
        Server server = new Server(JettyWorkers.installingThreadPool(workers));
        assertThat(threadThatServes(server)).startsWith("treadle-virtual-");
        assertThat(workers.container()).contains("Jetty " + Server.getVersion());
        assertThat(threadThatServes(server)).startsWith("treadle-virtual-");
    }

    @Test
    void anInstallingPoolFailsTheStartOfAServerThatCannotHaveThem() {
        Server server = new Server(JettyWorkers.installingThreadPool(workers));
        server.addConnector(
                new ServerConnector(
                        server,
                        new QueuedThreadPool(),
                        null,
                        null,
                        1,
                        1,
                        new HttpConnectionFactory()));
        assertThatThrownBy(server::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("executor of ")
                .hasMessageContaining("(expected: the server's thread pool)");
    }

    @Test
    void anOpeningPoolHasNewWorkersAtEachStartAndNoneBetween() throws Exception {
        List<Workers> opened = new ArrayList<>();
        Server server =
                new Server(
                        JettyWorkers.openingThreadPool(() -> {
                            Workers each = Workers.open(WorkerSettings.virtual(1));
                            opened.add(each);
                            return each;
                        }));
        assertThat(opened).isEmpty();
        int listeners = server.getEventListeners().size();

        for (int start = 1; start <= 2; start++) {
            assertThat(threadThatServes(server)).startsWith("treadle-virtual-");
            assertThat(opened).hasSize(start);
            assertThatThrownBy(opened.get(start - 1)::resume)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            assertThat(server.getEventListeners()).hasSize(listeners);
            server.setConnectors(new Connector[0]);
        }
    }

    /** The next start has other workers, perhaps with another N. */
    @Test
    void afterAStopTheFactoriesOfHttp2AreAsTheyWere() throws Exception {
        Server server =
                new Server(
                        JettyWorkers.openingThreadPool(
                                () -> Workers.open(WorkerSettings.virtual(700))));
        HTTP2CServerConnectionFactory http2 =
                new HTTP2CServerConnectionFactory(new HttpConfiguration());
        List<Integer> before = numbersOf(http2);
        Object control = rateControlOf(http2);
        ServerConnector connector = new ServerConnector(server, http2);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        int listeners = http2.getEventListeners().size();
        for (int start = 1; start <= 2; start++) {
            server.start();
            assertThat(numbersOf(http2)).doesNotContainAnyElementsOf(before);
            assertThat(rateControlOf(http2)).isNotSameAs(control);
            server.stop();
            assertThat(numbersOf(http2)).isEqualTo(before);
            assertThat(rateControlOf(http2)).isSameAs(control);
            assertThat(http2.getEventListeners()).hasSize(listeners);
        }
    }

    private static List<Integer> numbersOf(HTTP2CServerConnectionFactory http2) {
        return List.of(http2.getMaxConcurrentStreams(), http2.getInitialSessionRecvWindow());
    }

    /** By its name, as the type is not the same in each line of Jetty. */
    private static Object rateControlOf(HTTP2CServerConnectionFactory http2) throws Exception {
        return HTTP2CServerConnectionFactory.class.getMethod("getRateControlFactory").invoke(http2);
    }

    @Test
    void aPoolMadeForOtherWorkersIsRefused() {
        try (Workers others = Workers.open(WorkerSettings.virtual(1))) {
            Server server = new Server(JettyWorkers.threadPool(others));
            assertThatThrownBy(() -> JettyWorkers.install(server, workers))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the same workers");
        }
    }

    @Test
    void reservedThreadsAreRefused() {
        QueuedThreadPool pool = JettyWorkers.threadPool(workers);
        pool.setReservedThreads(4);
        assertThatThrownBy(() -> JettyWorkers.install(new Server(pool), workers))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reservedThreads 4 (expected: 0)");
    }

    @Test
    void reservedThreadsSetAfterTheInstallAreRefusedAtTheStart() {
        QueuedThreadPool pool = JettyWorkers.threadPool(workers);
        Server server = new Server(pool);
        JettyWorkers.install(server, workers);
        pool.setReservedThreads(4);
        assertThatThrownBy(server::start).hasMessageContaining("reservedThreads 4 (expected: 0)");
    }

    @Test
    void aConnectorWithAnExecutorOfItsOwnIsRefused() {
        Server server = new Server(JettyWorkers.threadPool(workers));
        JettyWorkers.install(server, workers);
        server.addConnector(
                new ServerConnector(
                        server,
                        new QueuedThreadPool(),
                        null,
                        null,
                        1,
                        1,
                        new HttpConnectionFactory()));
        assertThatThrownBy(server::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(QueuedThreadPool.class.getName())
                .hasMessageContaining("the server's thread pool");
    }

    @Test
    void aDynamicServerIsRefused() {
        Server server = new Server(JettyWorkers.threadPool(workers));
        JettyWorkers.install(server, workers);
        server.setDynamic(true);
        assertThatThrownBy(server::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("setDynamic(false)");
    }

    @Test
    void installingTwiceIsRefused() {
        Server server = new Server(JettyWorkers.threadPool(workers));
        JettyWorkers.install(server, workers);
        assertThatThrownBy(() -> JettyWorkers.install(server, workers))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("workers already");
        assertThatThrownBy(() ->
                        JettyWorkers.install(new Server(JettyWorkers.threadPool(workers)), workers))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("installed in Jetty");
    }

    @Test
    void closedWorkersAreRefused() {
        Server server = new Server(JettyWorkers.threadPool(workers));
        workers.close();
        assertThatThrownBy(() -> JettyWorkers.install(server, workers))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aServerWhoseWorkersWereClosedDoesNotStart() {
        Server server = new Server(JettyWorkers.threadPool(workers));
        JettyWorkers.install(server, workers);
        workers.close();
        assertThatThrownBy(server::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aStartedServerIsRefused() throws Exception {
        Server server = new Server(JettyWorkers.threadPool(workers));
        server.start();
        try {
            assertThatThrownBy(() -> JettyWorkers.install(server, workers))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("STARTED (expected: not started)");
        } finally {
            server.stop();
        }
    }

    @Test
    void theAdapterIsFound() {
        Server server = new Server(JettyWorkers.threadPool(workers));
        ContainerAdapter adapter = ContainerAdapters.find(server).orElseThrow();
        assertThat(adapter.name()).isEqualTo("jetty");
        assertThat(adapter.install(server, workers).container()).isEqualTo("Jetty");
        assertThat(ContainerAdapters.find("not a server")).isEmpty();
    }

    /** As in an application that has this jar and another container. */
    @Test
    void withoutJettyTheAdapterSupportsNothing() throws Exception {
        ContainerAdapter alone = AdapterAlone.load(JettyAdapter.class, "org.eclipse.jetty.");
        assertThat(alone.supports("whatever")).isFalse();
    }
}
