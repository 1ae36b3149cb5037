package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Layers of an image that are started by Boot's loader, and not by {@code java -jar}: the manifest
 * is not read, and the environment opens what it would have opened. How the start ends without that
 * is in {@link BootTest}. With {@code -Dtreadle.boot.matrix=full} on each line.
 */
final class BootLoaderTest {
    private static final Pattern STARTED = Pattern.compile("Started BootApp in ");
    private static final Pattern PORT =
            Pattern.compile("(?:Tomcat|Jetty|Undertow) started on port (\\d+)");

    static List<BootLine> lines() {
        return BootLine.some(new BootLine(3, "undertow"), new BootLine(4, "jetty"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void theEnvironmentOpensWhatTheLoaderDoesNot(BootLine line, @TempDir Path directory)
            throws Exception {
        Layers.layers(
                Places.bootApp(line.line(), line.container()), directory, "--layers", "--launcher");
        try (TreadleProcess process =
                TreadleProcess.start(
                        new ProcessBuilder(
                                        Places.java().toString(),
                                        "-XX:TieredStopAtLevel=1",
                                        "-XX:+UseSerialGC",
                                        "-Xmx512m",
                                        "org.springframework.boot.loader.launch.JarLauncher",
                                        "--server.port=0",
                                        "--gevent",
                                        "100")
                                .directory(Layers.merge(directory).toFile()),
                        Map.of(
                                "JAVA_TOOL_OPTIONS",
                                "--add-opens=java.base/java.lang=ALL-UNNAMED"))) {
            process.awaitOut(STARTED);
            String port = process.awaitOut(PORT).group(1);
            try (Web web = new Web(URI.create("http://127.0.0.1:" + port))) {
                assertThat(web.get("/thread").body()).contains("treadle-gevent-");
            }
            process.terminate();
            assertThat(process.exitCode()).isEqualTo(143); // 128 + SIGTERM
            assertThat(BootLog.warningsOfOurs(process.out())).isEmpty();
        }
    }
}
