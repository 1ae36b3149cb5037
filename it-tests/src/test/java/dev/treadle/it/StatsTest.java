package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.restassured.path.json.JsonPath;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The address of {@code --stats} answers, even if other clients there are slow or silent. */
class StatsTest {
    /** Far more than an answer takes, and less than the time an idle client has. */
    private static final Duration SOON = Duration.ofSeconds(2);

    private static @Nullable TreadleProcess server;

    private final List<Socket> clients = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        // without a host: of the loopback interface only
        server =
                TreadleProcess.launcher(
                        "demo-server",
                        "--http=127.0.0.1:0",
                        "--stats=:0",
                        "--sleep=10ms",
                        "--limit=/slow=3");
    }

    @AfterAll
    static void stop() {
        server().close();
    }

    @AfterEach
    void leave() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }

    private static TreadleProcess server() {
        TreadleProcess started = server;
        if (started == null) {
            throw new IllegalStateException("the server: not started");
        }
        return started;
    }

    private Socket connect(Duration patience) throws IOException {
        Socket client =
                new Socket(InetAddress.getLoopbackAddress(), server().statsAddress().getPort());
        client.setSoTimeout((int) patience.toMillis());
        clients.add(client);
        return client;
    }

    private void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(US_ASCII));
    }

    /** Returns the whole answer; the server ends the connection after it. */
    private String ask(String request) throws IOException {
        Socket client = connect(SOON);
        send(client, request);
        return new String(client.getInputStream().readAllBytes(), US_ASCII);
    }

    private void assertReady() throws IOException {
        assertThat(ask("GET /-/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("\r\nConnection: close\r\n", "\r\nContent-Length: 6\r\n")
                .endsWith("\r\n\r\nready\n");
    }

    @Test
    void withoutAHostItIsOnTheLoopbackInterfaceOnly() {
        assertThat(server().statsAddress().getHost()).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(ints = {1, 50, 500})
    void clientsThatHaveSentOneByteHoldNobodyUp(int idle) throws IOException {
        for (int i = 0; i < idle; i++) {
            send(connect(PATIENCE), "G");
        }
        assertReady();
        assertReady();
    }

    @Test
    void clientsThatSendNothingHoldNobodyUp() throws IOException {
        for (int i = 0; i < 500; i++) {
            connect(PATIENCE);
        }
        assertReady();
    }

    @Test
    void clientsThatDoNotLeaveHoldNobodyUp() throws IOException {
        for (int i = 0; i < 500; i++) {
            send(connect(PATIENCE), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
        assertReady();
    }

    @Test
    void connectionOfAClientThatSendsNoRequestIsClosed() throws IOException {
        Socket client = connect(PATIENCE);
        send(client, "GET / HTTP/1.1\r\nHost:");
        assertThat(endOf(client)).isTrue();
    }

    /** A byte now and then is no progress: the time is for the whole request. */
    @Test
    void connectionOfAClientThatDripsIsClosed() throws IOException {
        Socket client = connect(Duration.ofMillis(500));
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean closed = false;
        while (!closed && System.nanoTime() < end) {
            closed = drip(client);
        }
        assertThat(closed).isTrue();
    }

    private boolean drip(Socket client) throws IOException {
        try {
            send(client, "G");
            return endOf(client);
        } catch (java.net.SocketTimeoutException open) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Whether the server has closed the connection without an answer. */
    private static boolean endOf(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        try {
            return in.read() == -1;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void requestThatIsTooLongIsRefused() throws IOException {
        assertThat(ask("GET /" + "x".repeat(100_000) + " HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "hello",
                "GET",
                "GET /",
                "GET / HTTP/2.0",
                "GET  / HTTP/1.1",
                " / HTTP/1.1",
                "PRI * HTTP/2.0"
            })
    void whatIsNoRequestIsRefused(String line) throws IOException {
        assertThat(ask(line + "\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void otherMethodsAreRefused() throws IOException {
        assertThat(ask("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"))
                .startsWith("HTTP/1.1 405 ")
                .contains("\r\nAllow: GET, HEAD\r\n");
    }

    @Test
    void headHasNoBody() throws IOException {
        assertThat(ask("HEAD /-/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("\r\nContent-Length: 6\r\n")
                .endsWith("\r\n\r\n");
    }

    /** Monitors read these names. */
    @Test
    void numbersOfQueuesHubsAndLimitsAreThere() throws IOException {
        String body = ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").split("\r\n\r\n", 2)[1];
        JsonPath json = JsonPath.from(body);
        for (String name :
                List.of(
                        "switches",
                        "gate.active",
                        "gate.streams",
                        "gate.completed",
                        "gate.refused.total",
                        "gate.refused.queueFull",
                        "gate.refused.queueTimeout",
                        "gate.refused.draining",
                        "gate.refused.clientsGone",
                        "gate.refused.streams",
                        "gate.refusedByLimits.total",
                        "gate.harakiris",
                        "gate.stuck",
                        "gate.longestRunningMillis",
                        "gate.queue.waiting",
                        "gate.queue.longestWaitingMillis",
                        "gate.queue.left",
                        "gate.queue.totalTimeMillis",
                        "gate.queue.medianMillis",
                        "gate.queue.p95Millis",
                        "gate.queue.p99Millis",
                        "gate.queue.maxMillis",
                        "gate.queue.meanMillis",
                        "gate.run.ended",
                        "gate.run.totalTimeMillis",
                        "gate.run.meanMillis",
                        "gate.run.medianMillis",
                        "gate.run.p95Millis",
                        "gate.run.p99Millis",
                        "gate.run.maxMillis",
                        "engine.tasks",
                        "engine.retiring",
                        "hubs.retakes",
                        "limits[0].active",
                        "limits[0].refused.total",
                        "limits[0].queue.waiting",
                        "limits[0].queue.longestWaitingMillis",
                        "limits[0].queue.left",
                        "limits[0].queue.totalTimeMillis",
                        "limits[0].run.ended",
                        "limits[0].run.p99Millis",
                        "limits[0].run.maxMillis")) {
            assertThat(json.getLong(name)).as(name).isZero();
        }
        assertThat(json.getInt("gate.limit")).isPositive();
        assertThat(json.getInt("hubs.count")).isPositive();
        for (String name :
                List.of("hubs.longSlices", "hubs.longestSliceMillis", "hubs.lagMillis")) {
            assertThat(json.getLong(name)).as(name).isNotNegative();
        }
    }

    /** Tools for uWSGI read these names, and fail where one is missing. */
    @Test
    void numbersAreThereAsUwsgiNamesThem() throws Exception {
        try (TreadleProcess busy =
                TreadleProcess.launcher(
                        "demo-server",
                        "--http=127.0.0.1:0",
                        "--stats=:0",
                        "--gevent=1",
                        "--queue=0",
                        "--sleep=20ms",
                        "--harakiri=60s")) {
            try (HttpClient client = HttpClient.newHttpClient()) {
                for (int i = 0; i < 3; i++) {
                    assertThat(status(client, busy.address())).isEqualTo(200);
                }
                JsonPath json =
                        JsonPath.from(body(client, busy.statsAddress().resolve("/-/uwsgi")));
                assertThat(json.getString("version")).startsWith("Treadle ");
                assertThat(json.getLong("pid")).isEqualTo(json.getLong("workers[0].pid"));
                for (String none : List.of("listen_queue", "listen_queue_errors", "load")) {
                    assertThat(json.getLong(none)).as(none).isZero();
                }
                assertThat(json.getList("workers")).hasSize(1);
                json.setRootPath("workers[0]");
                assertThat(json.getInt("id")).isEqualTo(1);
                assertThat(json.getInt("accepting")).isEqualTo(1);
                for (String none : List.of("exceptions", "harakiri_count", "tx")) {
                    assertThat(json.getLong(none)).as(none).isZero();
                }
                // the last one may be on its way out
                assertThat(json.getLong("requests"))
                        .isBetween(2L, 3L)
                        .isEqualTo(json.getLong("delta_requests"));
                assertThat(json.getString("status")).isIn("idle", "busy");
                assertThat(json.getLong("avg_rt")).isBetween(20_000L, 20_000_000L);
                assertThat(json.getLong("running_time"))
                        .isGreaterThanOrEqualTo(2 * json.getLong("avg_rt") - 1);
                assertThat(json.getLong("last_spawn"))
                        .isBetween(1L, Instant.now().getEpochSecond());
                assertThat(json.getInt("respawn_count")).isEqualTo(1);
                assertThat(json.getLong("vsz")).isGreaterThanOrEqualTo(json.getLong("rss"));
                assertThat(json.getLong("rss"))
                        .satisfies(rss ->
                                assertThat(rss > 0)
                                        .isEqualTo(Files.exists(Path.of("/proc/self/status"))));
            }
        }
    }

    private static int status(HttpClient client, URI address) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(address).build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static String body(HttpClient client, URI address) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(address).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void queryDoesNotCount() throws IOException {
        assertThat(ask("GET /-/ready?from=balancer HTTP/1.0\n\n")).startsWith("HTTP/1.1 200 ");
    }
}
