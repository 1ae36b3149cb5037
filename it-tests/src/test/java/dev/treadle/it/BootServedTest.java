package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** The features of Treadle in a Boot application beyond equal answers ({@link BootAppTest}). */
@ParameterizedClass(name = "{0}")
@MethodSource("lines")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BootServedTest {
    private static final Pattern MANAGEMENT =
            Pattern.compile("(?s) started on port .* started on port (\\d+)");

    /** The processes for the tests of one line of Boot, from its first test to its last. */
    private record Running(ThirdParty party, BootServer server, URI management) {}

    private static @Nullable Running running;

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build();
    private final BootLine line;

    BootServedTest(BootLine line) {
        this.line = line;
    }

    static List<BootLine> lines() {
        return BootLine.newestOrAll();
    }

    @BeforeParameterizedClassInvocation
    static void start(BootLine line) throws Exception {
        ThirdParty party = new ThirdParty();
        BootServer server =
                BootServer.start(
                        line,
                        "--gevent",
                        "1000",
                        "--treadle.limits[/customers/*]=10:1000:60s",
                        "--treadle.queue-timeout=60s",
                        "--treadle.task-execution=true",
                        "--management.server.port=0",
                        "--management.endpoint.treadle.access=unrestricted",
                        "--management.endpoints.web.exposure.include=*",
                        "--management.endpoint.health.probes.enabled=true",
                        Database.argument(),
                        party.argument());
        String port = server.process().awaitOut(MANAGEMENT).group(1);
        running = new Running(party, server, URI.create("http://127.0.0.1:" + port));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        Running present = running();
        running = null;
        present.server().close();
        present.party().close();
    }

    private static Running running() {
        Running present = running;
        if (present == null) {
            throw new IllegalStateException("no server");
        }
        return present;
    }

    private static URI app() {
        return running().server().address();
    }

    private static URI management() {
        return running().management();
    }

    private static HttpRequest.Builder request(URI address, String path) {
        return HttpRequest.newBuilder(address.resolve(path)).timeout(PATIENCE);
    }

    private HttpResponse<String> get(URI address, String path) throws Exception {
        return client.send(request(address, path).build(), BodyHandlers.ofString());
    }

    private List<CompletableFuture<HttpResponse<String>>> getAll(
            URI address, String path, int count) {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(client.sendAsync(request(address, path).build(), BodyHandlers.ofString()));
        }
        return answers;
    }

    private static void allAreServed(List<CompletableFuture<HttpResponse<String>>> answers) {
        assertThat(answers)
                .allSatisfy(answer ->
                        assertThat(answer.get().statusCode())
                                .as(answer.get().body())
                                .isEqualTo(200));
    }

    /** A pool of 200 would need five times as long. The management port has workers of its own. */
    @Test
    void aThousandRequestsWaitForTheThirdPartyAtOnce() throws Exception {
        allAreServed(getAll(app(), "/checkout?ms=10", 300));
        ThirdParty party = running().party();

        List<CompletableFuture<HttpResponse<String>>> answers =
                getAll(app(), "/checkout?ms=-1", 1_000);
        await().atMost(PATIENCE).until(() -> party.inside() == 1_000);
        assertThat(get(management(), "/actuator/health").statusCode()).isEqualTo(200);
        assertThat(get(management(), "/actuator/treadle").body()).contains("\"active\":1000");
        theyAreListed();
        assertThat(party.inside()).as("%s: all were inside meanwhile", line).isEqualTo(1_000);
        party.letGo();
        allAreServed(answers);
    }

    private void theyAreListed() throws Exception {
        JsonNode requests = json("/actuator/treadlerequests");
        assertThat(requests.at("/model").asText()).isEqualTo("gevent");
        assertThat(requests.at("/inside").asInt()).isEqualTo(1_000);
        assertThat(requests.at("/requests")).hasSize(1_000);
        JsonNode oldest = requests.at("/requests/0");
        assertThat(oldest.at("/path").asText()).isEqualTo("/checkout");
        assertThat(oldest.at("/state").asText()).isEqualTo("socket");
        assertThat(oldest.at("/client").asText()).isEqualTo("127.0.0.x");
        String frame = oldest.at("/frame").asText();
        assertThat(frame).startsWith("dev.treadle.it.");
        JsonNode groups = json("/actuator/treadlerequests?group=stack").at("/groups");
        assertThat(groups).allMatch(each -> each.at("/frame").asText().equals(frame));
        assertThat(json("/actuator/treadlethreaddump").at("/threadDump/threadContainers/0/threads"))
                .hasSize(1_000);
        HttpResponse<String> text =
                client.send(
                        request(management(), "/actuator/treadlethreaddump")
                                .header("accept", "text/plain")
                                .build(),
                        BodyHandlers.ofString());
        assertThat(text.body()).contains(" wait for a socket in ", "GET /checkout");
        assertThat(get(management(), "/actuator/treadlerequests?group=path").statusCode())
                .isEqualTo(400);
    }

    private JsonNode json(String path) throws Exception {
        return new ObjectMapper().readTree(get(management(), path).body());
    }

    /**
     * Ten connections, a timeout of one second, and a thousand requests that need a connection. The
     * pool makes its connections first: on a busy machine that alone may take longer than the
     * timeout.
     */
    @Test
    void aLimitGuardsTheConnectionsOfTheDatabase() throws Exception {
        await().atMost(PATIENCE)
                .until(() ->
                        getAll(app(), "/customers/slow?ms=20", 10).stream()
                                .allMatch(answer -> answer.join().statusCode() == 200));
        allAreServed(getAll(app(), "/customers/slow?ms=20", 1_000));
    }

    @Test
    void theTaskExecutorIsTheWorkersWhereThatIsAsked() throws Exception {
        assertThat(get(app(), "/async").body()).startsWith("treadle-gevent-");
        assertThat(get(app(), "/callable").body()).isEqualTo("called");
    }

    @Test
    void theEndpointSwitchesTheModelWhereThatIsAllowed() throws Exception {
        HttpResponse<String> switched = post("{\"model\":\"threads\",\"limit\":7}");

        assertThat(switched.statusCode()).as(switched.body()).isEqualTo(200);
        assertThat(switched.body()).contains("\"model\":\"threads\"", "\"limit\":7");
        assertThat(get(app(), "/thread").body()).contains("treadle-thread-");
        assertThat(post("{\"model\":\"fibers\",\"limit\":7}").statusCode()).isEqualTo(400);
        assertThat(post("{\"model\":\"gevent\",\"limit\":0}").statusCode()).isEqualTo(400);
        assertThat(get(app(), "/thread").body()).contains("treadle-thread-");

        assertThat(post("{\"model\":\"gevent\",\"limit\":1000}").statusCode()).isEqualTo(200);
        assertThat(get(app(), "/thread").body()).contains("treadle-gevent-");
    }

    /** The answer says what is wrong, and nothing is switched. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"modle\":\"virtual\",\"limit\":7} | modle: virtual (expected: a setting of Treadle; did you mean model?)",
                "{\"model\":\"virtual\",\"limit\":7,\"queue\":5} | queue: 5 (expected: one of model limit)",
                "{\"model\":\"fibers\",\"limit\":7} | model: fibers (expected: threads, virtual or gevent)",
                "{\"model\":5,\"limit\":7} | model: 5 (expected: threads, virtual or gevent)",
                "{\"limit\":7} | model (expected: threads, virtual or gevent)",
                "{\"model\":\"virtual\"} | limit (expected: a whole number from 1 to 10000000)",
                "{\"model\":\"virtual\",\"limit\":\"many\"} | limit: many (expected: a whole number from 1 to 10000000)",
                "{\"model\":\"virtual\",\"limit\":7.5} | limit: 7.5 (expected: a whole number from 1 to 10000000)",
                "{\"model\":\"virtual\",\"limit\":true} | limit: true (expected: a whole number from 1 to 10000000)",
                "{\"model\":\"virtual\",\"limit\":0} | limit: 0 (expected: a whole number from 1 to 10000000)",
                "{} | model (expected: threads, virtual or gevent)",
            })
    void theEndpointSaysWhatIsWrong(String body, String message) throws Exception {
        HttpResponse<String> answer = post(body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains("\"error\":\"" + message + "\"", "\"name\":", "\"expected\":");
        assertThat(get(management(), "/actuator/treadle").body())
                .contains("\"model\":\"gevent\"", "\"limit\":1000");
    }

    /** Bodies that Boot itself cannot read. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "virtual",
                "{\"model\":\"virtual\",\"limit\":[7]}",
                "{\"model\":{},\"limit\":7}"
            })
    void theEndpointSaysThatABodyIsUnreadable(String body) throws Exception {
        HttpResponse<String> answer = post(body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains(
                        "body: unreadable (expected: a JSON object such as {\\\"model\\\":",
                        "\"name\":\"body\"");
    }

    /** The last, because it ends the server: one request is inside, and so the drain goes on. */
    @Test
    @Order(Integer.MAX_VALUE)
    void theManagementPortAnswersWhileTheServerDrains() throws Exception {
        TreadleProcess process = running().server().process();
        CompletableFuture<HttpResponse<String>> held =
                client.sendAsync(
                        request(app(), "/checkout?ms=-1").build(), BodyHandlers.ofString());
        ThirdParty party = running().party();
        await().atMost(PATIENCE).until(() -> party.inside() == 1);

        process.terminate();
        await().atMost(PATIENCE)
                .until(() ->
                        get(management(), "/actuator/treadle").body().contains("\"ready\":false"));
        HttpResponse<String> health = get(management(), "/actuator/health");
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(
                        new ObjectMapper()
                                .readTree(health.body())
                                .at("/components/treadle/status")
                                .asText())
                .isEqualTo("OUT_OF_SERVICE");
        assertThat(get(management(), "/actuator/health/readiness").statusCode()).isEqualTo(503);
        assertThat(get(management(), "/actuator/health/liveness").statusCode()).isEqualTo(200);
        assertThat(get(management(), "/actuator/prometheus").body())
                .containsPattern("(?m)^treadle_requests_active\\S* 1.0$");
        assertThat(Dashboard.metersOf(get(management(), "/actuator/prometheus").body()))
                .containsAll(Dashboard.meters());
        assertThat(get(management(), "/actuator/metrics/treadle.requests.refused").statusCode())
                .isEqualTo(200);

        assertThat(held).as("inside all the time").isNotDone();
        party.letGo();
        assertThat(held.get().statusCode()).isEqualTo(200);
        assertThat(process.exitCode()).isEqualTo(143); // 128 + SIGTERM
        assertThat(process.out()).doesNotContain("were interrupted");
    }

    private HttpResponse<String> post(String json) throws IOException, InterruptedException {
        return client.send(
                request(management(), "/actuator/treadle")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
    }
}
