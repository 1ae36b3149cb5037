package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Boot application as a WAR, the starter and {@code treadle.gevent} in it, in a Tomcat and a
 * Jetty that Boot does not start: one warning says that it has no effect, and that is all. With
 * {@code -Dtreadle.boot.matrix=full} both lines of Boot in both.
 */
final class BootWarTest {
    private static final int REQUESTS = 20;
    private static final Pattern PORT = Pattern.compile("plain container on port (\\d+)");
    private static final Pattern CONTAINERS =
            Pattern.compile(
                    "(tomcat-embed|jetty|undertow|xnio|jboss-threads|jakarta\\.(servlet|websocket)).*");

    static List<BootLine> lines() {
        return BootLine.some(new BootLine(3, "jetty"), new BootLine(4, "tomcat")).stream()
                .filter(line ->
                        !line.container().equals("undertow")) // by itself it deploys no WARs
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void inAPlainContainerItServesAsWithoutTreadle(BootLine line, @TempDir Path directory)
            throws Exception {
        try (TreadleProcess process = plain(line, directory);
                Web web =
                        new Web(
                                URI.create(
                                        "http://127.0.0.1:" + process.awaitOut(PORT).group(1)))) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                answers.add(web.getLater("/shop/thread"));
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().body())
                        .contains("\"virtual\":false")
                        .doesNotContain("treadle");
            }
            assertThat(web.get("/shop/actuator/health").statusCode()).isEqualTo(200);
            assertThat(web.get("/shop/actuator/threaddump").body()).doesNotContain("treadle-hub");
            process.terminate();
            assertThat(process.exitCode()).isEqualTo(143); // 128 + SIGTERM
            String container = line.container().equals("tomcat") ? "Apache Tomcat/11" : "jetty/12";
            assertThat(BootLog.warningsOfOurs(process.out()))
                    .singleElement()
                    .asString()
                    .contains(
                            "treadle: treadle.gevent (expected:", "nothing runs on it", container);
            assertThat(process.out() + process.err())
                    .doesNotContain("treadle-", "appears to have started a thread");
        }
    }

    /** The command deploys WARs on Undertow too. */
    static Stream<BootLine> linesOfTheCommand() {
        return Stream.concat(lines().stream(), Stream.of(new BootLine(3, "undertow")));
    }

    /** The workers are those of the command, and the two copies of Treadle do not meet. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("linesOfTheCommand")
    void underTheCommandItIsServedByItsWorkers(BootLine line, @TempDir Path directory)
            throws Exception {
        try (TreadleProcess process =
                        TreadleProcess.launcher(
                                "--http",
                                "127.0.0.1:0",
                                "--container",
                                line.container(),
                                "--gevent",
                                "50",
                                "--context",
                                "/shop",
                                "--war",
                                war(line, directory).toString());
                Web web = new Web(process.address())) {
            assertThat(web.get("/shop/thread").body()).contains("treadle-gevent-");
            assertThat(web.get("/shop/actuator/health").statusCode()).isEqualTo(200);
            process.terminate();
            assertThat(process.exitCode()).as(process.err()).isZero();
            assertThat(process.err())
                    .containsOnlyOnce("nothing runs on it")
                    .doesNotContain("Exception");
        }
    }

    private static Path war(BootLine line, Path directory) throws IOException {
        return BootFiles.war(
                line,
                library -> CONTAINERS.matcher(library).matches(),
                "treadle.gevent=100\nmanagement.endpoints.web.exposure.include=*",
                directory.resolve("shop.war"));
    }

    private static TreadleProcess plain(BootLine line, Path directory) throws IOException {
        return TreadleProcess.start(
                new ProcessBuilder(
                        Places.java().toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "-cp",
                        classPath(line.container()),
                        PlainContainer.class.getName(),
                        line.container(),
                        war(line, directory).toString(),
                        directory.resolve("work").toString()),
                Map.of());
    }

    /** The container that the launcher has, without Treadle, and the class that starts it. */
    private static String classPath(String container) throws IOException {
        List<Path> jars = new ArrayList<>(List.of(Places.testClasses()));
        for (Path directory : Places.libraries(container)) {
            try (Stream<Path> files = Files.list(directory)) {
                files.filter(file -> !file.getFileName().toString().startsWith("treadle"))
                        .forEach(jars::add);
            }
        }
        return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
