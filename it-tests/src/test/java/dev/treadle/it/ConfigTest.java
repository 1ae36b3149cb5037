package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The file of settings, SIGHUP, and the address of the stats. */
class ConfigTest {

    static Stream<String> containers() {
        return Cell.containers();
    }

    private static TreadleProcess start(String container, Path config) throws Exception {
        return TreadleProcess.launcher(
                "--http",
                "127.0.0.1:0",
                "--container",
                container,
                "--config",
                config.toString(),
                "--war",
                Places.exampleWar().toString());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void sighupReadsTheFileAgainAndNoRequestNotices(String container, @TempDir Path directory)
            throws Exception {
        Path config =
                Files.writeString(directory.resolve("treadle.properties"), "treadle.gevent=40\n");
        try (TreadleProcess server = start(container, config);
                Web web = new Web(server.address());
                BufferedReader slow = web.begin("/slow?millis=3000")) {
            assertThat(server.startLine()).contains("gevent 40");
            assertThat(slow.readLine()).isEqualTo("begun");
            assertThat(web.get("/thread").body()).contains("treadle-gevent-");

            Files.writeString(config, "treadle.threads=7\ntreadle.queue=3\n");
            server.hangUp();
            await().atMost(PATIENCE).until(() -> server.out().contains("switched to threads 7"));

            assertThat(web.get("/thread").body()).contains("treadle-thread-");
            assertThat(slow.readLine()).isEqualTo("finished");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void aMistakeInTheFileIsToldAndChangesNothing(String container, @TempDir Path directory)
            throws Exception {
        Path config =
                Files.writeString(directory.resolve("treadle.properties"), "treadle.virtual=40\n");
        try (TreadleProcess server = start(container, config);
                Web web = new Web(server.address())) {
            assertThat(web.get("/thread").body()).contains("treadle-virtual-");

            Files.writeString(config, "treadle.virtual=many\n");
            server.hangUp();
            await().atMost(PATIENCE)
                    .until(() ->
                            server.err()
                                    .contains("treadle.virtual: many (expected: a whole number"));

            assertThat(server.err()).contains("nothing is changed, it runs on with virtual 40");
            assertThat(web.get("/thread").body()).contains("treadle-virtual-");

            Files.writeString(config, "treadle.virtual=9\ntreadle.listen=7\n");
            server.hangUp();
            await().atMost(PATIENCE).until(() -> server.err().contains("treadle.listen: 7"));
            assertThat(server.err()).contains("it takes effect only when a server starts");
        }
    }

    private static void assertGoesOnAtSighup(TreadleProcess server, Web web) throws Exception {
        server.hangUp();
        await().atMost(PATIENCE).until(() -> server.err().contains("SIGHUP: nothing to read"));
        assertThat(server.warnings()).as("one line").hasSize(1);
        assertThat(web.get("/thread").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void theStatsTellWhatGoesOnAndThatAStopComes(String container) throws Exception {
        try (TreadleProcess server =
                        TreadleProcess.launcher(
                                "--http",
                                "127.0.0.1:0",
                                "--stats",
                                "127.0.0.1:0",
                                "--container",
                                container,
                                "--virtual",
                                "6",
                                "--limit",
                                "/slow=2",
                                "--limit",
                                "/thread=3:1:1s",
                                "--drain-delay",
                                "2s",
                                "--war",
                                Places.exampleWar().toString());
                Web web = new Web(server.address());
                Web stats = new Web(server.statsAddress());
                BufferedReader slow = web.begin("/slow?millis=4000")) {
            assertThat(slow.readLine()).isEqualTo("begun");
            assertThat(stats.get("/-/ready").statusCode()).isEqualTo(200);
            assertThat(stats.get("/").body())
                    .contains(
                            "\"model\":\"virtual\"",
                            "\"limit\":6",
                            "\"active\":1",
                            "\"ready\":true",
                            "{\"name\":\"/slow\",\"limit\":2,\"active\":1,",
                            "{\"name\":\"/thread\",\"limit\":3,\"active\":0,");
            assertThat(stats.get("/nothing").statusCode()).isEqualTo(404);
            assertGoesOnAtSighup(server, web); // it has no --config

            server.terminate();
            await().atMost(PATIENCE).until(() -> stats.get("/-/ready").statusCode() == 503);
            // the load balancer has not noticed yet
            assertThat(web.get("/thread").statusCode()).isEqualTo(200);
            assertThat(web.get("/thread").headers().firstValue("connection")).hasValue("close");
            assertThat(slow.readLine()).isEqualTo("finished");
            assertThat(server.exitCode()).as(server.err()).isZero();
        }
    }
}
