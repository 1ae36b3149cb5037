package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;

/** Options in the file of {@code --config}, {@code --show-config} and {@code --workdir}. */
class ConfigFileTest {

    @TempDir Path directory = Path.of("");

    private Path config(String... lines) throws Exception {
        return Files.write(directory.resolve("treadle.properties"), List.of(lines));
    }

    @Test
    void theFileHasEveryOption() throws Exception {
        Path log = directory.resolve("access.log");
        Path files = Files.createDirectory(directory.resolve("files"));
        Path work = Files.createDirectory(directory.resolve("work"));
        Files.writeString(files.resolve("a.txt"), "a file");
        String[] lines = {
            "# options and settings",
            "treadle.container=undertow",
            "treadle.http = 127.0.0.1:0",
            "treadle.h2c: true",
            "treadle.war=" + Places.exampleWar(),
            "treadle.context=/shop",
            "treadle.access-log=" + log,
            "treadle.static=/one=" + files + ",\\",
            "    /two=" + files,
            "treadle.workdir=" + work,
            "treadle.gevent=7",
        };
        Path config = config(lines);
        try (TreadleProcess server =
                        TreadleProcess.launcher("--h2c", "--context=/mall", "--config=" + config);
                Web web = new Web(server.address())) {
            assertThat(server.startLine()).contains("gevent 7", "Undertow");
            assertThat(web.get("/mall/hello").body()).isEqualTo("hello from [/mall]");
            assertThat(web.get("/one/a.txt").body()).isEqualTo("a file");
            assertThat(web.get("/two/a.txt").body()).isEqualTo("a file");
            assertSpeaksHttp2(server.address());
            await().atMost(PATIENCE).until(() -> Files.readString(log).contains("/mall/hello"));
            try (Stream<Path> inside = Files.list(work)) {
                assertThat(inside).as("the work directory").hasSize(1);
            }

            lines[10] = "treadle.gevent=8";
            config(lines);
            server.hangUp();
            await().atMost(PATIENCE).until(() -> server.out().contains("switched to gevent 8"));
            lines[2] = "treadle.http=127.0.0.1:1";
            config(lines);
            server.hangUp();
            await().atMost(PATIENCE)
                    .until(() ->
                            server.err()
                                    .contains("treadle.http: 127.0.0.1:1 (expected: 127.0.0.1:0"));
            assertThat(server.err()).contains("it takes effect only when a server starts");

            server.terminate();
            assertThat(server.exitCode()).isZero();
        }
        try (Stream<Path> left = Files.list(work)) {
            assertThat(left).isEmpty();
        }
    }

    private static void assertSpeaksHttp2(URI root) throws Exception {
        try (Web web = new Web(root, Version.HTTP_2, SSLContext.getDefault())) {
            assertThat(web.get("/mall/hello").version()).isEqualTo(Version.HTTP_2);
        }
    }

    @Test
    void everyValueIsShownWithItsOrigin() throws Exception {
        Path config = config("treadle.access-log=-", "treadle.queue=3", "treadle.log-slow=2s");
        try (TreadleProcess shown =
                TreadleProcess.jar(
                        Places.launcherJar(),
                        List.of("-Dtreadle.harakiri=9s"),
                        List.of(
                                "--show-config",
                                "--config=" + config,
                                "--forwarded",
                                "--log-slow=1s",
                                "--static=/a=" + directory,
                                "--hubs=1"),
                        Map.of("TREADLE_GEVENT", "12"))) {
            assertThat(shown.exitCode()).as(shown.err()).isZero();
            String at = " in " + config + ", line ";
            assertThat(shown.out().lines())
                    .contains(
                            "http=:8080 (default)",
                            "h2c=false (default)",
                            "war= (default)",
                            "container=tomcat (default)",
                            "forwarded=x-forwarded (flag --forwarded)",
                            "static=/a=" + directory + " (flag --static)",
                            "access-log=- (property file treadle.access-log" + at + "1)",
                            "log-slow=1s (flag --log-slow)",
                            "gevent=12 (environment TREADLE_GEVENT)",
                            "queue=3 (property file " + config + " treadle.queue)",
                            "harakiri=9s (system property treadle.harakiri)",
                            "hubs=1 (flag --hubs)",
                            "queue-timeout=10s (default)");
            assertThat(shown.err()).isEmpty();
        }
    }
}
