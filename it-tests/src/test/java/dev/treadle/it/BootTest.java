package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** How a Boot application with Treadle starts, and how it does not, and how it stops. */
final class BootTest {

    /** Users set it: beans are made when they are asked for, but the workers all the same. */
    private static final String QUICK = "--spring.main.lazy-initialization=true";

    static List<BootLine> lines() {
        return BootLine.newestOrAll();
    }

    static List<BootLine> someLines() {
        return BootLine.some(new BootLine(3, "tomcat"), new BootLine(4, "tomcat"));
    }

    /**
     * Users go on all the time, each on a connection it keeps, until the server says that it ends
     * the connection: then they go elsewhere. There are more of them than may be inside, so most
     * are in the queue.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void aStopUnderLoadFailsNobodyInsideOrInTheQueue(BootLine line) throws Exception {
        AtomicInteger served = new AtomicInteger();
        AtomicBoolean stopped = new AtomicBoolean();
        try (ThirdParty party = new ThirdParty();
                BootServer server =
                        BootServer.start(
                                line,
                                "--gevent=3",
                                "--treadle.queue=50",
                                "--treadle.drain-delay=1s",
                                party.argument(),
                                QUICK);
                Web web = new Web(server.address());
                ExecutorService users = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Void> user =
                    () -> {
                        boolean toldToLeave = false;
                        while (!toldToLeave) {
                            HttpResponse<String> answer = web.get("/checkout?ms=20");
                            assertThat(answer.statusCode()).isEqualTo(200);
                            served.incrementAndGet();
                            toldToLeave =
                                    answer.headers().allValues("Connection").contains("close");
                        }
                        assertThat(stopped).as("nobody is sent away before the stop").isTrue();
                        return null;
                    };
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(users.submit(user));
            }
            await().atMost(PATIENCE).until(() -> served.get() > 200);
            stopped.set(true);
            server.process().terminate();
            for (Future<Void> each : all) {
                each.get();
            }
            assertThat(server.process().exitCode()).isEqualTo(143); // 128 + SIGTERM
        }
    }

    /** A mistake is reported in Boot's own way, with an exit code, and no socket listens. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | tomcat | --gevent many | --gevent: many (expected: a whole number",
                "4 | jetty | --gevent | --gevent: (empty) (expected: a whole number",
                "3 | jetty | --gevent 5 --threads 6 | --threads and --gevent: 6 and 5 (expected: exactly one",
                "4 | tomcat | --treadle.gevent=5 --treadle.threads=6 | treadle.threads and treadle.gevent: 6 and 5 (expected: exactly one",
                "3 | undertow | --gevent=5 --treadle.quue=7 | treadle.quue: 7 (expected: a setting of Treadle; did you mean treadle.queue?)",
                "4 | jetty | --treadle.quue=1 | treadle.quue: 1 (expected: a setting of Treadle; did you mean treadle.queue?)",
                "3 | undertow | --gevent=5 --treadle.reuse-port=on | reuse-port",
                "4 | tomcat | --threads=5 --treadle.hubs=2 | treadle.hubs: 2 (expected: only together with gevent",
            })
    void aBadSettingEndsTheStart(int line, String container, String arguments, String message)
            throws Exception {
        try (TreadleProcess process =
                BootServer.launch(
                        new BootLine(line, container),
                        List.of((QUICK + " " + arguments).split(" ")),
                        Map.of())) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.out()).contains(message).doesNotContain("started on port");
        }
    }

    @Test
    void aFailureTellsWhereTheSettingStands() throws Exception {
        try (TreadleProcess process =
                BootServer.launch(
                        new BootLine(3, "tomcat"),
                        List.of(QUICK),
                        Map.of("TREADLE_GEVENT", "lots"))) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.out())
                    .contains(
                            "APPLICATION FAILED TO START",
                            "treadle.gevent: lots (expected: a whole number from 1 to",
                            "treadle.gevent is set in System Environment Property \"TREADLE_GEVENT\"");
        }
    }

    /** Nothing else is set: what is meant may be the model. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void anUnknownVariableEndsTheStart(BootLine line) throws Exception {
        try (TreadleProcess process =
                BootServer.launch(line, List.of(QUICK), Map.of("TREADLE_QUUE", "5"))) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.out())
                    .contains(
                            "APPLICATION FAILED TO START",
                            "TREADLE_QUUE: 5 (expected: a setting of Treadle; did you mean"
                                    + " TREADLE_QUEUE?)")
                    .doesNotContain("started on port");
        }
    }

    /** The value of a variable of the environment is enough. */
    @Test
    void theEnvironmentIsEnough() throws Exception {
        try (TreadleProcess process =
                BootServer.launch(
                        new BootLine(4, "jetty"), List.of(QUICK), Map.of("TREADLE_GEVENT", "42"))) {
            assertThat(process.awaitOut(Pattern.compile("Treadle 0\\S+ gevent 42 on")).group())
                    .isNotEmpty();
        }
    }

    /** Without what the manifest of the jar opens: no other model in its place. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("someLines")
    void geventWithoutHubsEndsTheStartAndSaysWhatToDo(BootLine line) throws Exception {
        ProcessBuilder command =
                new ProcessBuilder(
                        Places.java().toString(),
                        "-cp",
                        Places.bootApp(line.line(), line.container()).toString(),
                        "org.springframework.boot.loader.launch.JarLauncher",
                        "--server.port=0",
                        QUICK,
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
