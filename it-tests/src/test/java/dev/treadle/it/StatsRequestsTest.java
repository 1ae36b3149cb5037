package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.restassured.path.json.JsonPath;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The requests at the address of {@code --stats}, and the commands that ask for them. {@code
 * RequestsContract} has the list itself.
 */
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"tomcat", "jetty", "undertow"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatsRequestsTest {
    private static final int N = 4;
    private static final int QUEUED = 3;

    /** A path that would be markup on a page. */
    private static final String NASTY = "/%3Cimg%20src=x%20onerror=document.title=1%3E";

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Socket> clients = new ArrayList<>();

    @Parameter String container = "";

    private @Nullable TreadleProcess started;

    @BeforeParameterizedClassInvocation
    void fill() throws Exception {
        started =
                TreadleProcess.launcher(
                        "demo-server",
                        "--container=" + container,
                        "--http=127.0.0.1:0",
                        "--stats=:0",
                        "--stats-control",
                        "--gevent=" + N,
                        "--queue-timeout=1h",
                        "--sleep=3600s"); // longer than all tests take
        for (int i = 0; i < N + QUEUED; i++) {
            Socket client =
                    new Socket(InetAddress.getLoopbackAddress(), server().address().getPort());
            client.getOutputStream()
                    .write(
                            ("GET "
                                            + (i == 0 ? NASTY : "/orders/" + i)
                                            + " HTTP/1.1\r\nHost: x\r\n\r\n")
                                    .getBytes(US_ASCII));
            clients.add(client);
            int sent = i + 1;
            // in this order
            await().pollDelay(Duration.ZERO)
                    .atMost(PATIENCE)
                    .until(() -> inside() + queued() == sent);
        }
    }

    @AfterParameterizedClassInvocation
    void leave() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        server().close();
    }

    private TreadleProcess server() {
        TreadleProcess server = started;
        if (server == null) {
            throw new IllegalStateException("the server: not started");
        }
        return server;
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI where = URI.create("http://127.0.0.1:" + server().statsAddress().getPort() + path);
        return http.send(
                HttpRequest.newBuilder(where).build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonPath json(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        return JsonPath.from(answer.body());
    }

    private int inside() throws IOException, InterruptedException {
        return json("/").getInt("gate.active");
    }

    private int queued() throws IOException, InterruptedException {
        return json("/").getInt("gate.queue.waiting");
    }

    @Test
    void eachRequestIsALine() throws Exception {
        HttpResponse<String> answer = get("/-/requests");
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValue("text/plain; charset=utf-8");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(answer.body().lines()).hasSize(2 + N + QUEUED);
        assertThat(answer.body())
                .contains("sleep", "queued", "GET /orders/1", "127.0.0.x")
                .doesNotContain("\u001b");
    }

    @Test
    void theSameAsJson() throws Exception {
        JsonPath json = json("/-/requests?format=json");
        assertThat(json.getString("model")).isEqualTo("gevent");
        assertThat(json.getInt("inside")).isEqualTo(N);
        assertThat(json.getInt("queued")).isEqualTo(QUEUED);
        assertThat(json.getList("requests.state"))
                .containsExactly("sleep", "sleep", "sleep", "sleep", "queued", "queued", "queued");
        assertThat(json.getList("requests.path", String.class))
                .last()
                .isEqualTo("/orders/" + (N + QUEUED - 1));
    }

    @Test
    void equalStacksAreOneGroup() throws Exception {
        JsonPath json = json("/-/requests?group=stack&format=json");
        assertThat(json.getList("groups.count")).containsExactly(N, QUEUED);
        assertThat(json.getString("groups[0].waitsIn")).endsWith("SleepServlet.doGet");
        assertThat(json.getList("groups[0].stack")).hasSizeGreaterThan(3);
        assertThat(get("/-/requests?group=stack").body())
                .contains(N + " requests sleep in SleepServlet.doGet")
                .contains(QUEUED + " requests wait in the queue");
    }

    @Test
    void viewersOfThreadDumpsReadIt() throws Exception {
        JsonPath json = json("/-/requests?format=dump-json");
        assertThat(json.getList("threadDump.threadContainers[0].threads.name")).hasSize(N);
        assertThat(json.getMap("threadDump.threadContainers[0]")).containsKeys("parent", "owner");
        assertThat(get("/-/requests?format=dump").body()).contains("SleepServlet.doGet");
    }

    @Test
    void unknownFormsAreRefused() throws Exception {
        assertThat(get("/-/requests?format=xml").statusCode()).isEqualTo(400);
        assertThat(get("/-/requests?group=age").statusCode()).isEqualTo(400);
    }

    @Test
    void prometheusReadsTheNumbers() throws Exception {
        HttpResponse<String> answer = get("/metrics");
        assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                .startsWith("text/plain; version=0.0.4");
        assertThat(answer.body())
                .contains("treadle_requests_active " + N + ".0\n")
                .contains("treadle_requests_waiting " + QUEUED + ".0\n")
                .contains("treadle_requests_limit " + N + ".0\n");
    }

    @Test
    void tenMinutesAreKept() throws Exception {
        await().atMost(PATIENCE).until(() -> json("/-/history").getList("inside").contains(N));
        JsonPath history = json("/-/history");
        assertThat(history.getBoolean("control")).isTrue();
        assertThat(history.getList("queued")).hasSameSizeAs(history.getList("inside"));
    }

    private String command(String... arguments) throws Exception {
        try (TreadleProcess command = TreadleProcess.launcher(arguments)) {
            assertThat(command.exitCode()).as(command.err()).isZero();
            assertThat(command.err()).isEmpty();
            assertThat(command.out()).doesNotContain("\u001b");
            return command.out();
        }
    }

    @Test
    void commandsShowIt() throws Exception {
        String address = ":" + server().statsAddress().getPort();
        assertThat(command("requests", address).lines()).hasSize(1 + N + QUEUED);
        assertThat(command("stacks", address))
                .contains(N + " requests, sleep in dev.treadle.launcher.sleeper.SleepServlet.doGet")
                .contains("        at dev.treadle.launcher.sleeper.SleepServlet.doGet(");
        assertThat(command("top", "--once", address))
                .contains("gevent " + N, "ready")
                .contains("inside " + N + " of " + N + "  queued " + QUEUED)
                .contains("    " + N + "  sleep ");
        // to a pipe
        assertThat(command("top", "http://127.0.0.1" + address)).contains("inside " + N);
    }

    /** On a terminal, with keys. */
    @Test
    void topFollowsItsKeys() throws Exception {
        try (TreadleProcess top =
                TreadleProcess.onTerminal("top", ":" + server().statsAddress().getPort())) {
            await().atMost(PATIENCE).until(() -> top.out().contains("inside " + N + " of " + N));
            top.type("g");
            await().atMost(PATIENCE).until(() -> top.out().contains("GET /orders/1"));
            top.type("m");
            await().atMost(PATIENCE).until(() -> top.out().contains("switch to"));
            top.type("gevent=nonsense\r");
            await().atMost(PATIENCE).until(() -> top.out().contains("one of threads=N"));
            top.type("q");
            assertThat(top.exitCode()).isZero();
        }
    }

    @Test
    void anAddressWithoutAServerIsSaid() throws Exception {
        try (TreadleProcess top =
                TreadleProcess.launcher("top", ":" + server().address().getPort())) {
            // the application, which is full
            assertThat(top.exitCode()).isEqualTo(1);
            assertThat(top.err()).startsWith("treadle: 127.0.0.1:").contains("--stats");
        }
        try (TreadleProcess switching =
                TreadleProcess.launcher(
                        "switch", ":" + server().statsAddress().getPort(), "gevent=many")) {
            assertThat(switching.exitCode()).isEqualTo(2);
            assertThat(switching.err()).contains("MODEL=N: gevent=many (expected:");
        }
        for (String address : List.of("host", "my_app:9191", "host:0", "host:70000", "ftp://h/")) {
            try (TreadleProcess top = TreadleProcess.launcher("top", address)) {
                assertThat(top.exitCode()).isEqualTo(2);
                assertThat(top.err())
                        .contains("ADDRESS: " + address + " (expected: the address of --stats");
            }
        }
    }
}
