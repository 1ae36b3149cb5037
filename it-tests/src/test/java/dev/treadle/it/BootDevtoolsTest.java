package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.File;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spring Boot's devtools close the context when a class has changed, and start another one in the
 * same JVM, with another class loader. With {@code -Dtreadle.boot.matrix=full} on each line.
 */
final class BootDevtoolsTest {
    private static final int RESTARTS = 2;
    private static final int REQUESTS = 20;
    private static final Pattern STARTED = Pattern.compile("Started BootApp in ");
    private static final Pattern PORT =
            Pattern.compile("(?:Tomcat|Jetty|Undertow) started on port (\\d+)");

    static List<BootLine> lines() {
        return BootLine.some(new BootLine(3, "undertow"), new BootLine(4, "tomcat"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void aRestartServesAsBeforeAndLeavesNothing(BootLine line, @TempDir Path directory)
            throws Exception {
        Path classes = directory.resolve("classes");
        Path libraries = directory.resolve("lib");
        BootFiles.exploded(line, classes, libraries);
        try (TreadleProcess process =
                TreadleProcess.start(
                        new ProcessBuilder(
                                Places.java().toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Xmx512m",
                                "-cp",
                                String.join(
                                        File.pathSeparator,
                                        classes.toString(),
                                        libraries.resolve("*").toString(),
                                        Places.devtools(line.line()).toString()),
                                "dev.treadle.it.boot.BootApp",
                                "--server.port=0",
                                "--gevent",
                                "100",
                                "--treadle.hubs=2",
                                "--management.endpoints.web.exposure.include=*",
                                "--spring.devtools.livereload.enabled=false",
                                "--spring.devtools.restart.poll-interval=100ms",
                                "--spring.devtools.restart.quiet-period=50ms"),
                        Map.of(
                                "JDK_JAVA_OPTIONS",
                                "--add-opens=java.base/java.lang=ALL-UNNAMED"))) {
            awaitStarts(process, 1);
            serves(process);
            assertThat(watches(process)).isEqualTo(1);
            for (int restart = 1; restart <= RESTARTS; restart++) {
                Files.setLastModifiedTime(
                        classes.resolve("dev/treadle/it/boot/Notes.class"),
                        FileTime.from(Instant.now()));
                awaitStarts(process, restart + 1);
                serves(process);
            }
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(watches(process)).isEqualTo(1));
            assertThat(process.out().lines().filter(each -> each.contains(": Treadle 0")))
                    .as("start lines")
                    .hasSize(RESTARTS + 1);
            process.terminate();
            assertThat(process.exitCode()).isEqualTo(143); // 128 + SIGTERM
            assertThat(BootLog.warningsOfOurs(process.out())).isEmpty();
        }
    }

    private static void awaitStarts(TreadleProcess process, int starts) {
        await().atMost(PATIENCE)
                .until(() -> STARTED.matcher(process.out()).results().count() == starts);
    }

    private static Web web(TreadleProcess process) {
        String port = "";
        Matcher ports = PORT.matcher(process.out());
        while (ports.find()) {
            port = ports.group(1);
        }
        return new Web(URI.create("http://127.0.0.1:" + port));
    }

    private static void serves(TreadleProcess process) throws Exception {
        try (Web web = web(process)) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                answers.add(web.getLater("/thread"));
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
                assertThat(answer.get().body()).contains("treadle-gevent-");
            }
        }
    }

    /** Returns how many threads watch hubs: there is one for the workers of each server. */
    private static long watches(TreadleProcess process) throws Exception {
        try (Web web = web(process)) {
            return new ObjectMapper()
                            .readTree(web.get("/actuator/threaddump").body())
                            .findValuesAsText("threadName")
                            .stream()
                            .filter("treadle-watch"::equals)
                            .count();
        }
    }
}
