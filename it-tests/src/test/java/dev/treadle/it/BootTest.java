package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** What Treadle does in a Boot application beyond answering the same ({@link BootAppTest}). */
final class BootTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build();

    static List<BootLine> lines() {
        return BootLine.all();
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
                .allSatisfy(answer -> assertThat(answer.get().statusCode()).isEqualTo(200));
    }

    /** A pool of 200 would need five times as long. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void aThousandRequestsWaitForTheThirdPartyAtOnce(BootLine line) throws Exception {
        try (ThirdParty party = new ThirdParty();
                BootServer server = BootServer.start(line, "--gevent", "1000", party.argument())) {
            allAreServed(getAll(server.address(), "/checkout?ms=10", 300));

            long begin = System.nanoTime();
            List<CompletableFuture<HttpResponse<String>>> answers =
                    getAll(server.address(), "/checkout?ms=5000", 1_000);
            await().atMost(PATIENCE).until(() -> party.inside() == 1_000);
            allAreServed(answers);
            System.out.printf(
                    "%s: 1,000 requests of 5 s in %.2f s%n",
                    line, (System.nanoTime() - begin) / 1e9);
        }
    }

    /** Ten connections, a second's patience for one, and a thousand who want one. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void aLimitGuardsTheConnectionsOfTheDatabase(BootLine line) throws Exception {
        try (BootServer server =
                BootServer.start(
                        line,
                        "--gevent=1000",
                        "--treadle.limits[/customers/*]=10:1000:60s",
                        Database.argument())) {
            allAreServed(getAll(server.address(), "/customers/slow?ms=20", 1_000));
            assertThat(server.process().out()).doesNotContain("Connection is not available");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void aStopServesWhoIsInsideAndInLine(BootLine line) throws Exception {
        try (ThirdParty party = new ThirdParty();
                BootServer server = BootServer.start(line, "--gevent=3", party.argument())) {
            List<CompletableFuture<HttpResponse<String>>> answers =
                    getAll(server.address(), "/checkout?ms=300", 30);
            // the metrics would wait in line: what the third party sees is all there is
            await().atMost(PATIENCE).until(() -> party.inside() == 3);
            await().atMost(PATIENCE)
                    .until(() -> answers.stream().filter(Future::isDone).count() >= 3);

            server.process().terminate();

            allAreServed(answers);
            assertThat(server.process().exitCode()).isEqualTo(143);
        }
    }

    /** Clients go on all the time, each on a connection it keeps, until nobody listens. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void aStopUnderLoadFailsNobody(BootLine line) throws Exception {
        AtomicInteger served = new AtomicInteger();
        try (ThirdParty party = new ThirdParty();
                BootServer server =
                        BootServer.start(
                                line,
                                "--gevent=100",
                                "--treadle.drain-delay=1s",
                                party.argument());
                ExecutorService users = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicBoolean stopped = new AtomicBoolean();
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(
                        users.submit(() -> {
                            while (true) {
                                try {
                                    HttpResponse<String> answer =
                                            get(server.address(), "/checkout?ms=20");
                                    assertThat(answer.statusCode()).isEqualTo(200);
                                    served.incrementAndGet();
                                } catch (ConnectException nobodyListens) {
                                    assertThat(stopped).isTrue();
                                    return null;
                                }
                            }
                        }));
            }
            await().atMost(PATIENCE).until(() -> served.get() > 200);
            stopped.set(true);
            server.process().terminate();
            for (Future<Void> user : all) {
                user.get();
            }
            assertThat(server.process().exitCode()).isEqualTo(143);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void withNothingSetNothingIsThere(BootLine line) throws Exception {
        try (BootServer server =
                BootServer.start(line, "--management.endpoints.web.exposure.include=*")) {
            String beans = get(server.address(), "/actuator/beans").body();
            assertThat(beans).contains("bootApp").doesNotContainIgnoringCase("treadle");
            String threads = get(server.address(), "/actuator/threaddump").body();
            assertThat(threads).contains("main").doesNotContain("treadle-");
            assertThat(get(server.address(), "/actuator/treadle").statusCode()).isEqualTo(404);
            assertThat(server.process().out()).doesNotContain("Treadle 0");
        }
    }

    /** The management port has workers of its own: Boot's. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void healthAnswersOnItsOwnPortWhileAllWorkersAreTaken(BootLine line) throws Exception {
        Pattern second = Pattern.compile("(?s) started on port .* started on port (\\d+)");
        try (ThirdParty party = new ThirdParty();
                BootServer server =
                        BootServer.start(
                                line,
                                "--gevent=1",
                                "--management.server.port=0",
                                party.argument())) {
            URI management =
                    URI.create("http://127.0.0.1:" + server.process().awaitOut(second).group(1));
            List<CompletableFuture<HttpResponse<String>>> answers =
                    getAll(server.address(), "/checkout?ms=3000", 1);
            await().atMost(PATIENCE).until(() -> party.inside() == 1);

            assertThat(get(management, "/actuator/treadle").body()).contains("\"active\":1");
            assertThat(party.inside()).isEqualTo(1);
            allAreServed(answers);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void theEndpointSwitchesTheModelWhereThatIsAllowed(BootLine line) throws Exception {
        try (BootServer server =
                BootServer.start(
                        line, "--virtual", "--management.endpoint.treadle.access=unrestricted")) {
            assertThat(get(server.address(), "/thread").body()).contains("treadle-virtual-");

            HttpResponse<String> switched =
                    post(server.address(), "{\"model\":\"threads\",\"limit\":7}");

            assertThat(switched.statusCode()).as(switched.body()).isEqualTo(200);
            assertThat(switched.body()).contains("\"model\":\"threads\"", "\"limit\":7");
            assertThat(get(server.address(), "/thread").body()).contains("treadle-threads-");
            assertThat(post(server.address(), "{\"model\":\"fibers\",\"limit\":7}").statusCode())
                    .isEqualTo(400);
            assertThat(post(server.address(), "{\"model\":\"gevent\",\"limit\":0}").statusCode())
                    .isEqualTo(400);
            assertThat(get(server.address(), "/thread").body()).contains("treadle-threads-");
        }
    }

    private HttpResponse<String> post(URI address, String json)
            throws IOException, InterruptedException {
        return client.send(
                request(address, "/actuator/treadle")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void theTaskExecutorIsTheWorkersWhereThatIsAsked(BootLine line) throws Exception {
        try (BootServer server =
                BootServer.start(line, "--gevent=50", "--treadle.task-execution=true")) {
            assertThat(get(server.address(), "/async").body()).startsWith("treadle-gevent-");
            assertThat(get(server.address(), "/callable").body()).isEqualTo("called");
        }
    }

    /** What is wrong is told as Boot tells it, with an exit code, and nothing listens. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | tomcat | --gevent many | --gevent: many (expected: a whole number",
                "4 | jetty | --gevent | --gevent: (empty) (expected: a whole number",
                "3 | jetty | --gevent 5 --threads 6 | --threads and --gevent: 6 and 5 (expected: exactly one",
                "4 | tomcat | --treadle.gevent=5 --treadle.threads=6 | treadle.threads and treadle.gevent: 6 and 5 (expected: exactly one",
                "3 | undertow | --gevent=5 --treadle.quue=7 | treadle.quue (expected: one of treadle.threads",
                "3 | undertow | --gevent=5 --treadle.reuse-port=on | reuse-port",
                "4 | tomcat | --threads=5 --treadle.hubs=2 | treadle.hubs: 2 (expected: only together with gevent",
            })
    void aBadSettingEndsTheStart(int line, String container, String arguments, String message)
            throws Exception {
        try (TreadleProcess process =
                BootServer.launch(
                        new BootLine(line, container),
                        List.of(arguments.split(" ")),
                        Map.of("IGNORED", "1"))) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.out()).contains(message).doesNotContain("started on port");
        }
    }

    @Test
    void aFailureTellsWhereTheSettingStands() throws Exception {
        try (TreadleProcess process =
                BootServer.launch(
                        new BootLine(3, "tomcat"), List.of(), Map.of("TREADLE_GEVENT", "lots"))) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.out())
                    .contains(
                            "APPLICATION FAILED TO START",
                            "treadle.gevent: lots (expected: a whole number from 1 to",
                            "treadle.gevent is set in System Environment Property \"TREADLE_GEVENT\"");
        }
    }

    /** The value of a variable of the environment is enough. */
    @Test
    void theEnvironmentIsEnough() throws Exception {
        try (TreadleProcess process =
                BootServer.launch(
                        new BootLine(4, "jetty"), List.of(), Map.of("TREADLE_GEVENT", "42"))) {
            assertThat(process.awaitOut(Pattern.compile("Treadle 0\\S+ gevent 42 on")).group())
                    .isNotEmpty();
        }
    }

    /** Without what the manifest of the jar opens: no other model in its place. */
    @ParameterizedTest
    @ValueSource(ints = {3, 4})
    void geventWithoutHubsEndsTheStartAndSaysWhatToDo(int line) throws Exception {
        ProcessBuilder command =
                new ProcessBuilder(
                        Places.java().toString(),
                        "-cp",
                        Places.bootApp(line, "tomcat").toString(),
                        "org.springframework.boot.loader.launch.JarLauncher",
                        "--server.port=0",
                        "--gevent=10");
        try (TreadleProcess process = TreadleProcess.start(command, Map.of())) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.out())
                    .contains(
                            "APPLICATION FAILED TO START",
                            "gevent: 10 (expected: a JVM that can have hubs)",
                            "<Add-Opens>java.base/java.lang</Add-Opens>",
                            "JDK_JAVA_OPTIONS=",
                            "treadle.virtual=1000")
                    .doesNotContain("started on port");
        }
    }
}
