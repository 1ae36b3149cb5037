package dev.treadle.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.RawClient;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** The pool, the connectors and the life cycle of a Jetty server with workers. */
@Timeout(60)
class JettyServerTest {
    private static final WorkerSettings SETTINGS =
            WorkerSettings.builder().virtual(50).listen(3_000).build();

    @Test
    void aConnectorHasAsManySelectorsAsEver() throws Exception {
        int usual = new ServerConnector(new Server()).getSelectorManager().getSelectorCount();
        try (JettyTestServer jetty = new JettyTestServer(SETTINGS)) {
            assertThat(jetty.connector.getSelectorManager().getSelectorCount()).isEqualTo(usual);
            assertThat(((QueuedThreadPool) jetty.server.getThreadPool()).getMaxThreads())
                    .isEqualTo(new QueuedThreadPool().getMaxThreads());
        }
    }

    /** A burst of connections makes no platform threads either. */
    @Test
    void platformThreadsAreMadeForAcceptorsAndSelectorsOnly() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (JettyTestServer jetty = new JettyTestServer(SETTINGS).start(TestHandlers.thread())) {
            for (int i = 0; i < 100; i++) {
                RawClient client = jetty.connect();
                clients.add(client);
                client.sendGet("/", "");
            }
            for (RawClient client : clients) {
                assertThat(client.read().status()).isEqualTo(200);
            }
            QueuedThreadPool pool = (QueuedThreadPool) jetty.server.getThreadPool();
            assertThat(pool.getThreads()).isLessThanOrEqualTo(pool.getLeasedThreads() + 1);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void theBacklogIsTheWorkersWhereAConnectorSetsNone() throws Exception {
        try (JettyTestServer jetty = new JettyTestServer(SETTINGS)) {
            ServerConnector later = new ServerConnector(jetty.server);
            jetty.server.addConnector(later);
            ServerConnector explicit = new ServerConnector(jetty.server);
            explicit.setAcceptQueueSize(17);
            jetty.server.addConnector(explicit);
            assertThat(jetty.connector.getAcceptQueueSize()).isEqualTo(3_000);
            assertThat(later.getAcceptQueueSize()).isEqualTo(3_000);
            assertThat(explicit.getAcceptQueueSize()).isEqualTo(17);
        }
    }

    /**
     * As Spring Boot does: it starts the server without its connectors, and puts them back when the
     * application is ready.
     */
    @Test
    void connectorsMayBeTakenOutAndPutBack() throws Exception {
        try (JettyTestServer jetty = new JettyTestServer(SETTINGS)) {
            jetty.server.setConnectors(null);
            jetty.start(TestHandlers.thread());
            jetty.server.addConnector(jetty.connector);
            jetty.connector.start();
            assertThat(jetty.connector.getAcceptQueueSize()).isEqualTo(3_000);
            try (RawClient client = jetty.connect()) {
                assertThat(client.get("/").text()).startsWith("treadle-virtual-");
            }
        }
    }

    @Test
    void withoutAcceptorThreadsAStopRefusesNewConnectionsToo() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (JettyTestServer jetty =
                        new JettyTestServer(SETTINGS, 0).start(TestHandlers.hold(inside, go));
                RawClient running = jetty.connect()) {
            int port = jetty.connector.getLocalPort();
            running.sendGet("/", "");
            inside.await();
            Thread stop = Thread.ofPlatform().start(jetty::stop);
            // the selector closes it, soon
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> new RawClient(port).close())
                            .isInstanceOf(IOException.class));
            assertThat(jetty.server.isStopping()).isTrue();
            go.countDown();
            assertThat(running.read().status()).isEqualTo(200);
            stop.join();
        }
    }

    @Test
    void anInterruptedStopStopsAllTheSameAndKeepsTheInterrupt() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Boolean> interruptKept = new CompletableFuture<>();
        try (JettyTestServer jetty =
                        new JettyTestServer(SETTINGS).start(TestHandlers.hold(inside, go));
                RawClient running = jetty.connect()) {
            running.sendGet("/", "");
            inside.await();
            Thread stop =
                    Thread.ofPlatform()
                            .start(() -> {
                                jetty.stop();
                                interruptKept.complete(Thread.interrupted());
                            });
            await().until(() -> ServerWorkers.of(jetty.workers).gate().draining());
            stop.interrupt();
            assertThat(interruptKept.get()).isTrue();
            assertThat(jetty.server.isStopped()).isTrue();
            go.countDown();
        }
    }

    /** A servlet context of a server that has stopped leaves its request without an end. */
    @Test
    void aServletThatOutlivesTheStopGivesItsPlaceBack() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        WorkerSettings impatient =
                WorkerSettings.builder().virtual(50).drain(Duration.ofMillis(100)).build();
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(TestHandlers.holdWhateverInterrupts(inside, go), "/");
        try (JettyTestServer jetty = new JettyTestServer(impatient).start(context);
                RawClient running = jetty.connect()) {
            running.sendGet("/", "");
            inside.await();
            jetty.stop();
            assertThat(jetty.workers.stats().gate().active()).isEqualTo(1);
            go.countDown();
            await().until(() -> jetty.workers.stats().engine().tasks() == 0);
            // at once, and not when the gate sees that the client is gone
            assertThat(jetty.workers.stats().gate().active()).isZero();
        }
    }

    @Test
    void aServerWhoseStartFailedStartsOncePutRight() throws Exception {
        try (JettyTestServer jetty = new JettyTestServer(SETTINGS)) {
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                jetty.connector.setPort(taken.getLocalPort());
                assertThatThrownBy(() -> jetty.start(TestHandlers.thread()))
                        .hasRootCauseInstanceOf(BindException.class);
            }
            jetty.connector.setPort(0);
            jetty.server.start();
            try (RawClient client = jetty.connect()) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void idleConnectionsAreClosedByTheStop() throws Exception {
        try (JettyTestServer jetty = new JettyTestServer(SETTINGS).start(TestHandlers.thread());
                RawClient idle = jetty.connect()) {
            assertThat(idle.get("/").status()).isEqualTo(200);
            long start = System.nanoTime();
            jetty.server.stop();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SETTINGS.drain());
            assertThatThrownBy(() -> idle.get("/")).isInstanceOf(IOException.class);
        }
    }
}
