package dev.treadle.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.tck.Client;
import dev.treadle.tck.RawClient;

import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Hubs that the selectors of Jetty carry. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JettyHubLoopTest {
    private static final String CARRIED = "(carried by Jetty's selectors)";
    private static final String SELECTOR_THREAD = "treadle-jetty-";
    private static final String OWN_THREAD = "treadle-hub-0";

    /** Off is not available before JDK 24. */
    private static final Duration NEVER_HERE = Duration.ofMinutes(1);

    private static WorkerSettings.Builder gevent(int hubs) {
        return WorkerSettings.builder().gevent(100).hubs(hubs).retake(NEVER_HERE);
    }

    // ---- The carriers of the hubs, and their description in the start line

    @Test
    void requestsRunOnTheSelectorsOfTheirConnections() throws Exception {
        int hubs = 3;
        try (JettyTestServer jetty =
                new JettyTestServer(gevent(hubs).build()).start(new HubHandler(0))) {
            assertThat(jetty.installation.startLine())
                    .contains("gevent 100 on 3 hubs " + CARRIED + ", Jetty ");
            assertThat(selectors(jetty.connector)).isEqualTo(hubs);
            Map<String, Integer> connections = new HashMap<>();
            for (int i = 0; i < 4 * hubs; i++) {
                // open until the end: a connection stays with its selector
                RawClient client = jetty.connect();
                String carrier = carrier(client);
                assertThat(carrier).startsWith(SELECTOR_THREAD);
                assertThat(carrier(client)).isEqualTo(carrier);
                connections.merge(carrier, 1, Integer::sum);
            }
            assertThat(connections).hasSize(hubs);
            assertThat(connections.values()).containsOnly(4);
            assertThat(jetty.workers.stats().hubs().carriers()).isZero();
        }
    }

    /** Returns how many selectors run in a connector. */
    private static int selectors(ServerConnector connector) {
        return connector.getBeans(SelectorManager.class).stream()
                .mapToInt(manager -> manager.getBeans(ManagedSelector.class).size())
                .sum();
    }

    private static String carrier(RawClient client) throws IOException {
        Client.Answer answer = client.get("/");
        assertThat(answer.status()).isEqualTo(200);
        return answer.text();
    }

    @Test
    void theHubsAreCarriedAfterEachStart() throws Exception {
        HubHandler handler = new HubHandler(0);
        try (JettyTestServer jetty = new JettyTestServer(gevent(2).build())) {
            for (int i = 0; i < 5; i++) {
                jetty.start(handler);
                try (RawClient client = jetty.connect()) {
                    assertThat(carrier(client)).startsWith(SELECTOR_THREAD);
                }
                jetty.server.stop();
                // what is still to be run has a carrier without Jetty
                FutureTask<String> after =
                        new FutureTask<>(() -> Thread.currentThread().toString());
                jetty.workers.executor().execute(after);
                assertThat(after.get()).contains("@treadle-hub-");
            }
        }
    }

    @Test
    void aConnectorThatIsAddedToARunningServerCarriesTheHubs() throws Exception {
        try (JettyTestServer jetty = new JettyTestServer(gevent(1).build())) {
            jetty.server.setConnectors(null);
            jetty.start(new HubHandler(0));
            assertThat(jetty.installation.startLine()).contains(CARRIED);
            jetty.server.addConnector(jetty.connector);
            jetty.connector.start();
            assertThat(carrier(jetty.connect())).startsWith(SELECTOR_THREAD);
        }
    }

    @Test
    void withoutAcceptorThreadsASelectorAcceptsAndCarries() throws Exception {
        try (JettyTestServer jetty =
                new JettyTestServer(gevent(2).build(), 0).start(new HubHandler(0))) {
            for (int i = 0; i < 20; i++) {
                try (RawClient client = jetty.connect()) {
                    assertThat(carrier(client)).startsWith(SELECTOR_THREAD);
                }
            }
        }
    }

    @Test
    void ofTwoConnectorsTheFirstCarriesAndBothServe() throws Exception {
        try (JettyTestServer jetty = new JettyTestServer(gevent(2).build())) {
            ServerConnector second = new ServerConnector(jetty.server, 1, 1);
            second.setHost("127.0.0.1");
            jetty.server.addConnector(second);
            jetty.start(new HubHandler(0));
            assertThat(selectors(second)).isEqualTo(1);
            for (int i = 0; i < 20; i++) {
                try (RawClient client = new RawClient(second.getLocalPort())) {
                    assertThat(carrier(client)).startsWith(SELECTOR_THREAD);
                }
            }
            assertThat(carrier(jetty.connect())).startsWith(SELECTOR_THREAD);
            assertThat(jetty.workers.stats().hubs().carriers()).isZero();
        }
    }

    @Test
    void aConnectorThatWasTakenOutForGoodIsReplaced() throws Exception {
        try (JettyTestServer jetty = new JettyTestServer(gevent(3).build())) {
            jetty.server.removeConnector(jetty.connector);
            ServerConnector other = new ServerConnector(jetty.server, 1, 1);
            other.setHost("127.0.0.1");
            jetty.server.addConnector(other);
            jetty.start(new HubHandler(0));
            assertThat(jetty.installation.startLine()).contains(CARRIED);
            assertThat(selectors(other)).isEqualTo(3);
            assertThat(jetty.connector.getBeans(SelectorManager.class)).hasSize(1);
            assertThat(jetty.connector.isManaged(jetty.connector.getSelectorManager())).isTrue();
            try (RawClient client = new RawClient(other.getLocalPort())) {
                assertThat(carrier(client)).startsWith(SELECTOR_THREAD);
            }
        }
    }

    @Test
    void listenersOfTheConnectorAreToldOfConnections() throws Exception {
        try (JettyTestServer jetty = new JettyTestServer(gevent(2).build())) {
            List<String> before = new CopyOnWriteArrayList<>();
            List<String> later = new CopyOnWriteArrayList<>();
            jetty.connector.addBean(new Told(before)); // Jetty passes it on when it starts
            jetty.start(new HubHandler(0));
            jetty.connector.getSelectorManager().addEventListener(new Told(later));
            try (RawClient client = jetty.connect()) {
                assertThat(carrier(client)).startsWith(SELECTOR_THREAD);
            }
            await().untilAsserted(() -> assertThat(before).contains("closed"));
            await().untilAsserted(() -> assertThat(later).contains("closed"));
            assertThat(before).containsExactly("accepting", "accepted", "closed");
            assertThat(later).containsExactly("accepting", "accepted", "closed");
        }
    }

    // no record: listeners of Jetty are told apart by equals
    private static final class Told implements SelectorManager.AcceptListener {
        private final List<String> events;

        Told(List<String> events) {
            this.events = events;
        }

        @Override
        public void onAccepting(SelectableChannel channel) {
            events.add("accepting");
        }

        @Override
        public void onAccepted(SelectableChannel channel) {
            events.add("accepted");
        }

        @Override
        public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
            events.add("failed");
        }

        @Override
        public void onClosed(SelectableChannel channel) {
            events.add("closed");
        }
    }

    @Test
    void offMeansOff() throws Exception {
        try (JettyTestServer jetty =
                new JettyTestServer(gevent(1).hubLoop(false).build()).start(new HubHandler(0))) {
            assertThat(jetty.installation.startLine())
                    .contains("(on threads of their own: hub-loop=off)");
            assertThat(carrier(jetty.connect())).isEqualTo(OWN_THREAD);
        }
    }

    /** A connector whose selectors belong to other code. */
    private static final class OwnSelectors extends ServerConnector {
        OwnSelectors(Server server) {
            super(server);
        }

        @Override
        protected SelectorManager newSelectorManager(
                Executor executor, Scheduler scheduler, int selectors) {
            return new ServerConnectorManager(executor, scheduler, selectors) {};
        }
    }

    @Test
    void aSelectorManagerOfTheUsersIsLeftAloneAndItIsSaid() throws Exception {
        try (JettyTestServer jetty =
                new JettyTestServer(gevent(1).build(), OwnSelectors::new)
                        .start(new HubHandler(0))) {
            assertThat(jetty.installation.startLine())
                    .contains(
                            "(on threads of their own: "
                                    + OwnSelectors.class.getName()
                                    + " has a selector manager of its own, ");
            assertThat(carrier(jetty.connect())).isEqualTo(OWN_THREAD);
        }
    }

    @Test
    void whereLoopsWereAskedForTheStartFailsWithoutThem() {
        try (JettyTestServer jetty =
                new JettyTestServer(gevent(1).hubLoop(true).build(), OwnSelectors::new)) {
            assertThatThrownBy(() -> jetty.start(new HubHandler(0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("on (expected: off, or leave it out): ")
                    .hasMessageContaining(OwnSelectors.class.getName());
        }
    }

    @Test
    void aServerWithoutSelectorsSaysSo() throws Exception {
        try (JettyTestServer jetty = new JettyTestServer(gevent(1).build())) {
            jetty.server.setConnectors(null);
            jetty.server.addConnector(new LocalConnector(jetty.server));
            jetty.start(new HubHandler(0));
            assertThat(jetty.installation.startLine())
                    .contains(
                            "(on threads of their own: "
                                    + LocalConnector.class.getName()
                                    + " has no selectors of Jetty's)");
        }
    }

    @Test
    void aPoolTooSmallForASelectorForEachHubIsLeftAsItIs() throws Exception {
        try (JettyTestServer jetty = new JettyTestServer(gevent(8).build(), 1)) {
            ((QueuedThreadPool) jetty.server.getThreadPool()).setMaxThreads(9);
            jetty.start(new HubHandler(0));
            assertThat(jetty.installation.startLine())
                    .contains("one selector for each hub are 9 threads, and the thread pool");
            assertThat(carrier(jetty.connect())).startsWith("treadle-hub-");
        }
    }

    @Test
    void moreHubsThanJettysPoolHasThreads() throws Exception {
        try (JettyTestServer jetty =
                new JettyTestServer(gevent(250).build()).start(new HubHandler(0))) {
            assertThat(jetty.installation.startLine()).contains(CARRIED);
            assertThat(carrier(jetty.connect())).startsWith(SELECTOR_THREAD);
        }
    }

    // ---- The work of a loop besides the slices

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (JettyTestServer jetty =
                        new JettyTestServer(gevent(1).build()).start(new HubHandler(0));
                RawClient client = jetty.connect()) {
            String get = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n";
            for (int i = 0; i < 20; i++) {
                client.send((get.formatted("/hog/1") + get.formatted("/big")).repeat(5));
                for (int j = 0; j < 5; j++) {
                    assertThat(client.read().text()).startsWith(SELECTOR_THREAD);
                    assertThat(client.read().text()).hasSize(HubHandler.SIZE);
                }
            }
        }
    }

    @Test
    void overTls() throws Exception {
        try (JettyTestServer jetty =
                new JettyTestServer(
                                gevent(2).build(),
                                server -> new ServerConnector(server, JettyTckServer.certificate()))
                        .start(new HubHandler(0))) {
            for (int i = 0; i < 4; i++) {
                try (RawClient client = RawClient.overTls(jetty.connector.getLocalPort())) {
                    assertThat(client.get("/").text()).startsWith(SELECTOR_THREAD);
                    assertThat(client.get("/big").text()).hasSize(HubHandler.SIZE);
                    assertThat(client.get("/").text()).startsWith(SELECTOR_THREAD);
                }
            }
        }
    }

    @Test
    void theDumpShowsTheKeys() throws Exception {
        try (JettyTestServer jetty =
                        new JettyTestServer(gevent(1).build()).start(new HubHandler(0));
                RawClient client = jetty.connect()) {
            carrier(client);
            long start = System.nanoTime();
            assertThat(jetty.server.dump()).contains("HubSelector", "SelectionKey@");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(5));
        }
    }

    // ---- Hogs

    @Test
    void aHogStopsNoOtherConnectionOfItsHub() throws Exception {
        HubHandler handler = new HubHandler(1);
        WorkerSettings settings = gevent(1).retake(Duration.ofMillis(20)).build();
        try (JettyTestServer jetty = new JettyTestServer(settings).start(handler);
                RawClient hog = jetty.connect();
                RawClient before = jetty.connect()) {
            String selector = carrier(before);
            assertThat(selector).startsWith(SELECTOR_THREAD);
            hog.sendGet("/hog", "");
            handler.hogs.await();
            for (int i = 0; i < 100; i++) {
                assertThat(carrier(before)).isEqualTo(OWN_THREAD);
                try (RawClient after = jetty.connect()) {
                    assertThat(carrier(after)).isEqualTo(OWN_THREAD);
                    assertThat(after.get("/big").text()).hasSize(HubHandler.SIZE);
                    // the end of a connection arrives too
                    after.sendGet("/", "Connection: close\r\n");
                    assertThat(after.read().status()).isEqualTo(200);
                    assertThat(after.readSome(new byte[1], 1)).isEqualTo(-1);
                }
            }
            handler.letGo = true;
            assertThat(hog.read().status()).isEqualTo(200);
            await("the loop has its hub back")
                    .untilAsserted(() -> assertThat(carrier(before)).isEqualTo(selector));
            assertThat(carrier(hog)).isEqualTo(selector);
            assertThat(jetty.workers.stats().hubs().retakes()).isPositive();
            await().until(() -> jetty.workers.stats().hubs().carriers() == 0);
        }
    }

    /** Before JDK 24 it holds its carrier, and a spare one takes over; since then it parks. */
    @Test
    void aRequestThatWaitsInsideSynchronizedStopsNoOther() throws Exception {
        HubHandler handler = new HubHandler(1);
        WorkerSettings settings = gevent(1).retake(Duration.ofMillis(20)).build();
        try (JettyTestServer jetty = new JettyTestServer(settings).start(handler);
                RawClient waiting = jetty.connect();
                RawClient other = jetty.connect()) {
            waiting.sendGet("/monitor", "");
            handler.hogs.await();
            for (int i = 0; i < 100; i++) {
                carrier(other);
            }
            handler.letGo = true;
            assertThat(waiting.read().status()).isEqualTo(200);
        }
    }

    /** Hogs and short requests, connections that stay and that end, on both ends. */
    @Test
    void underHogsEveryRequestIsAnswered() throws Exception {
        WorkerSettings settings = gevent(2).retake(Duration.ofMillis(5)).build();
        try (JettyTestServer jetty = new JettyTestServer(settings).start(new HubHandler(0))) {
            List<FutureTask<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                FutureTask<Integer> client = new FutureTask<>(manyRequests(jetty));
                clients.add(client);
                Thread.ofPlatform().daemon().name("client-" + i).start(client);
            }
            for (FutureTask<Integer> client : clients) {
                assertThat(client.get()).isEqualTo(300);
            }
            assertThat(jetty.workers.stats().hubs().retakes()).isPositive();
            await().until(() -> jetty.connector.getConnectedEndPoints().isEmpty());
            await().until(() -> jetty.workers.stats().hubs().carriers() == 0);
            assertThat(carrier(jetty.connect())).startsWith(SELECTOR_THREAD);
        }
    }

    private static Callable<Integer> manyRequests(JettyTestServer jetty) {
        return () -> {
            int served = 0;
            while (served < 300) {
                try (RawClient client = jetty.connect()) {
                    boolean last = false;
                    while (!last && served < 300) {
                        int dice = ThreadLocalRandom.current().nextInt(100);
                        last = dice < 20;
                        String path = dice % 10 == 0 ? "/hog/" + dice / 4 : "/";
                        client.sendGet(path, dice < 10 ? "Connection: close\r\n" : "");
                        served += client.read().status() == 200 ? 1 : 0;
                        if (dice < 10) {
                            assertThat(client.readSome(new byte[1], 1)).isEqualTo(-1);
                        }
                    }
                }
            }
            return served;
        };
    }

    /** Nothing wakes the loop but the one event that is waited for. */
    @Test
    void noConnectionIsOverlookedWhileTheLoopBeginsToWait() throws Exception {
        try (JettyTestServer jetty =
                new JettyTestServer(gevent(1).build()).start(new HubHandler(0))) {
            for (int i = 0; i < 3_000; i++) {
                try (RawClient client = jetty.connect()) {
                    carrier(client);
                }
            }
        }
    }

    @Test
    void aHogThatOutlivesAStopKeepsItsHubFromTheNextStartAndNoMore() throws Exception {
        HubHandler handler = new HubHandler(1);
        WorkerSettings settings =
                gevent(1).retake(Duration.ofMillis(20)).drain(Duration.ZERO).build();
        try (JettyTestServer jetty = new JettyTestServer(settings)) {
            ((QueuedThreadPool) jetty.server.getThreadPool()).setStopTimeout(200);
            jetty.start(handler);
            try (RawClient hog = jetty.connect()) {
                hog.sendGet("/hog", "");
                handler.hogs.await();
                jetty.server.stop();
            }
            jetty.server.start();
            assertThat(carrier(jetty.connect())).isEqualTo(OWN_THREAD);
            handler.letGo = true;
            await().untilAsserted(
                            () -> assertThat(carrier(jetty.connect())).startsWith(SELECTOR_THREAD));
        }
    }
}
