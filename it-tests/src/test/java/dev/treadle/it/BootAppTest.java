package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static io.restassured.RestAssured.given;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.startsWith;

import io.restassured.config.HttpClientConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.specification.RequestSpecification;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * One application, the same answers: on each line of Boot and container, with and without Treadle.
 * With {@code -Dtreadle.boot.matrix=full} every way on each, and with both values of {@code
 * spring.threads.virtual.enabled}; with the profile {@code lines} gevent on each, with one of the
 * values in turn, and one of the other ways in turn on the newest line with each container; else
 * gevent on these.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("ways")
final class BootAppTest {
    private static final String MATRIX = System.getProperty("treadle.boot.matrix", "some");
    private static final boolean FULL = MATRIX.equals("full");

    /** Without it a lost answer would hold the whole build up. */
    private static final RestAssuredConfig WITH_TIMEOUT =
            RestAssuredConfig.config()
                    .httpClient(
                            HttpClientConfig.httpClientConfig()
                                    .setParam("http.socket.timeout", (int) PATIENCE.toMillis()));

    private static final List<List<String>> MODELS =
            List.of(
                    List.of(),
                    List.of("--threads", "200"),
                    List.of("--virtual"),
                    List.of("--gevent", "1000"));

    /** How the application is started. */
    record Way(BootLine line, List<String> model, boolean bootsVirtualThreads) {
        @Override
        public String toString() {
            return line
                    + (model.isEmpty() ? " without Treadle" : " " + String.join(" ", model))
                    + (bootsVirtualThreads ? ", spring.threads.virtual.enabled" : "");
        }

        /**
         * Gevent from the executable jar, as most users start it; the others unpacked, which takes
         * less CPU.
         */
        BootServer start(String... arguments) throws Exception {
            return model.contains("--gevent")
                    ? BootServer.startPacked(line, arguments)
                    : BootServer.start(line, arguments);
        }

        /**
         * Returns the prefix of the names of its request threads; null: they are the container's.
         */
        @Nullable String threadName() {
            return model.isEmpty()
                    ? null
                    : "treadle-" + model.getFirst().replace("threads", "thread").substring(2) + "-";
        }
    }

    static List<Way> ways() {
        List<Way> ways = new ArrayList<>();
        int gevent = MODELS.size() - 1;
        int turn = 0;
        for (BootLine line : BootLine.ofTheBuild()) {
            for (int model = 0; model < MODELS.size(); model++) {
                boolean virtual = (turn + model) % 2 == 1;
                boolean inTurn = model == turn % gevent && BootLine.newest().contains(line);
                if (FULL || model == gevent || (inTurn && !MATRIX.equals("some"))) {
                    ways.add(new Way(line, MODELS.get(model), virtual));
                }
                if (FULL) {
                    ways.add(new Way(line, MODELS.get(model), !virtual));
                }
            }
            turn++;
        }
        return ways;
    }

    private static @Nullable ThirdParty thirdParty;
    private static @Nullable BootServer server;

    private final Way way;

    BootAppTest(Way way) {
        this.way = way;
    }

    @BeforeParameterizedClassInvocation
    static void start(Way way) throws Exception {
        ThirdParty party = new ThirdParty();
        thirdParty = party;
        List<String> arguments = new ArrayList<>(way.model());
        arguments.add("--spring.threads.virtual.enabled=" + way.bootsVirtualThreads());
        arguments.add(party.argument());
        arguments.add(Database.argument());
        arguments.add("--management.endpoints.web.exposure.include=*");
        server = way.start(arguments.toArray(String[]::new));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        BootServer running = server;
        ThirdParty party = thirdParty;
        server = null;
        thirdParty = null;
        if (party != null) {
            party.close();
        }
        if (running != null) {
            try (running) {
                running.process().terminate();
                assertThat(running.process().exitCode()).isEqualTo(143); // 128 + SIGTERM
                assertThat(running.process().out())
                        .as("the log")
                        .doesNotContain("leak", "are left running", "still running");
            }
        }
    }

    private BootServer running() {
        BootServer running = server;
        if (running == null) {
            throw new IllegalStateException("no server");
        }
        return running;
    }

    private RequestSpecification app() {
        return given().config(WITH_TIMEOUT).baseUri(running().address().toString());
    }

    @Test
    void requestsRunOnTheWorkersOrAsEver() {
        String name = app().get("/thread").then().statusCode(200).extract().path("name");

        if (way.threadName() != null) {
            assertThat(name).startsWith(way.threadName());
        } else {
            assertThat(name).doesNotContain("treadle");
        }
    }

    @Test
    void callsAThirdParty() {
        app().queryParam("ms", 50).get("/checkout").then().statusCode(200).body(equalTo("paid"));
    }

    @Test
    void storesAndReadsInTransactions() {
        String name = UUID.randomUUID().toString();
        long id =
                app().queryParam("name", name)
                        .post("/customers")
                        .then()
                        .statusCode(200)
                        .extract()
                        .jsonPath()
                        .getLong("id");
        app().get("/customers/{id}", id).then().statusCode(200).body("name", equalTo(name));
        app().queryParam("name", name).get("/customers/count").then().body(equalTo("1"));
    }

    @Test
    void rollsBackWhatFails() {
        String name = UUID.randomUUID().toString();
        app().queryParam("name", name).post("/customers/failing").then().statusCode(500);
        app().queryParam("name", name).get("/customers/count").then().body(equalTo("0"));
    }

    @Test
    void knowsWhoAsks() {
        app().get("/private/me").then().statusCode(401);
        app().auth()
                .preemptive()
                .basic("ada", "lovelace")
                .get("/private/me")
                .then()
                .statusCode(200)
                .body("principal", equalTo("ada"), "service", equalTo("ada"));
        app().get("/private/me").then().statusCode(401); // nothing stays on the thread
    }

    @Test
    void keepsTheSurroundingsOfARequest() {
        for (String note : List.of("first", "second")) {
            app().queryParam("note", note)
                    .header("Accept-Language", "de-CH")
                    .get("/context")
                    .then()
                    .statusCode(200)
                    .body(
                            "mdc",
                            equalTo(note),
                            "locale",
                            equalTo("de_CH"),
                            "notes",
                            contains(note));
        }
    }

    @Test
    void takesAFile() throws Exception {
        byte[] file = new byte[3_000_000];
        for (int i = 0; i < file.length; i++) {
            file[i] = (byte) (i * 31);
        }
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));

        app().multiPart("file", "photo.bin", file)
                .post("/upload")
                .then()
                .statusCode(200)
                .body("size", equalTo(file.length), "sha256", equalTo(digest));
    }

    @Test
    void sendsEvents() {
        String events =
                app().queryParam("count", 5)
                        .get("/events")
                        .then()
                        .statusCode(200)
                        .contentType(startsWith("text/event-stream"))
                        .extract()
                        .asString();
        assertThat(events.split("\n\n")).hasSize(5);
        assertThat(events).contains("data:event 0", "data:event 4");
    }

    @Test
    void answersLater() {
        app().queryParam("ms", 50).get("/deferred").then().statusCode(200).body(equalTo("done"));
        app().get("/deferred/never").then().statusCode(200).body(equalTo("too late"));
        app().get("/callable").then().statusCode(200).body(equalTo("called"));
    }

    @Test
    void streams() {
        String lines = app().queryParam("lines", 2_000).get("/stream").then().extract().asString();
        assertThat(lines.lines()).hasSize(2_000).last().isEqualTo("line 1999");
    }

    @Test
    void asyncMethodsStayAsBootHasThem() {
        app().get("/async").then().statusCode(200).body(startsWith("task-"));
    }

    @Test
    void showsErrorsAsBootDoes() {
        app().get("/broken")
                .then()
                .statusCode(500)
                .body("error", equalTo("Internal Server Error"), "path", equalTo("/broken"));
        app().get("/conflict").then().statusCode(409).body("status", equalTo(409));
        app().get("/customers/{id}", 0).then().statusCode(404).body("status", equalTo(404));
        app().accept("text/html")
                .get("/nowhere")
                .then()
                .statusCode(404)
                .body(containsString("Whitelabel"));
    }

    @Test
    void talksOverAWebSocket() throws Exception {
        try (Web web = new Web(running().address())) {
            assertThat(web.say("/echo", "hello")).isEqualTo("heard: hello");
        }
    }

    @Test
    void tellsHowItIs() {
        app().get("/actuator/health").then().statusCode(200).body("status", equalTo("UP"));
        if (way.model().isEmpty()) {
            nothingOfTreadleIsThere();
            return;
        }
        String model = way.model().getFirst().substring(2);
        app().get("/actuator/health")
                .then()
                .body("components.treadle.details.model", equalTo(model));
        app().get("/actuator/treadle")
                .then()
                .statusCode(200)
                .body("model", equalTo(model), "gate.active", equalTo(1), "ready", equalTo(true));
        app().contentType("application/json")
                .body("{\"model\":\"threads\",\"limit\":5}")
                .post("/actuator/treadle")
                .then()
                .statusCode(405); // to read only, unless access is unrestricted
        app().get("/actuator/metrics").then().body("names", hasItem("treadle.requests.active"));
        assertThat(
                        app().get("/actuator/metrics/treadle.requests.active")
                                .jsonPath()
                                .getDouble("measurements[0].value"))
                .isEqualTo(1.0);
        assertThat(app().get("/actuator/prometheus").asString())
                .contains(
                        "treadle_requests_waiting",
                        "treadle_requests_refused_total{by=\"gate\",reason=\"queue-full\"}",
                        "treadle_requests_refused_total{by=\"limit\",reason=\"queue-full\"}",
                        "treadle_requests_refused_total{by=\"gate\",reason=\"streams\"}",
                        "treadle_requests_streams",
                        "treadle_requests_stuck",
                        "treadle_requests_waiting_max_seconds",
                        "treadle_requests_queue_time_seconds{quantile=\"0.99\"}",
                        "treadle_hub_retakes_total",
                        "treadle_requests_queue_time_seconds_count",
                        "treadle_requests_limit",
                        "treadle_hub_lag_seconds",
                        "treadle_hub_slice_max_seconds",
                        "treadle_hub_long_slices");
    }

    private void nothingOfTreadleIsThere() {
        app().get("/actuator/treadle").then().statusCode(404);
        assertThat(app().get("/actuator/beans").asString())
                .contains("bootApp")
                .doesNotContainIgnoringCase("dev.treadle.boot");
        assertThat(app().get("/actuator/threaddump").asString())
                .contains("Reference Handler")
                .doesNotContain("treadle-");
        assertThat(running().process().out()).doesNotContain("Treadle 0");
    }
}
