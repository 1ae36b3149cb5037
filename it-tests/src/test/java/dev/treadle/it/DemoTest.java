package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.xml.parsers.DocumentBuilderFactory;

/** The demo, small. */
class DemoTest {
    @Test
    void everyContainerServesTheBurstWithEveryModel(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("demo.json");
        Path picture = directory.resolve("demo.svg");
        try (TreadleProcess demo =
                TreadleProcess.launcher(
                        "demo",
                        "--concurrency",
                        "50",
                        "--requests",
                        "100",
                        "--sleep",
                        "200ms",
                        "--json",
                        file.toString(),
                        "--svg",
                        picture.toString())) {
            assertThat(demo.exitCode()).as(demo.err()).isZero();
            assertThat(demo.out()).contains("container", "model", "wall s", "undertow");
            assertThat(demo.out()).as("terms").contains("model gevent: ", "x limit: ", "rss: ");
            assertThat(demo.err().lines().filter(line -> !line.startsWith("treadle: ")))
                    .as("progress, one line a server")
                    .hasSize(9);
        }
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.at("/limit_s").asDouble()).isEqualTo(0.4);
        assertThat(json.at("/busy_before").asDouble()).isBetween(0.0, 1.0);
        assertThat(json.at("/stolen").asDouble()).isBetween(0.0, 1.0);
        assertThat(bars(picture)).as("a bar for each server").isEqualTo(9);
        List<String> cells = new ArrayList<>();
        for (JsonNode run : json.at("/runs")) {
            cells.add(run.at("/container").asText() + " " + run.at("/model").asText());
            assertMeasured(run);
        }
        assertThat(cells)
                .containsExactly(
                        "tomcat threads",
                        "tomcat gevent",
                        "tomcat virtual",
                        "jetty threads",
                        "jetty gevent",
                        "jetty virtual",
                        "undertow threads",
                        "undertow gevent",
                        "undertow virtual");
    }

    private static int bars(Path picture) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(picture.toFile())
                .getElementsByTagName("rect")
                .getLength();
    }

    private static void assertMeasured(JsonNode run) {
        assertThat(run.at("/n").asInt()).isEqualTo(50);
        assertThat(run.at("/ok").asInt()).as(run.toString()).isEqualTo(100);
        assertThat(run.at("/failed").asInt()).isZero();
        assertThat(run.at("/wall_s").asDouble()).isGreaterThanOrEqualTo(0.4);
        assertThat(run.at("/p50_ms").asDouble()).isGreaterThanOrEqualTo(200);
        assertThat(run.at("/p99_ms").asDouble())
                .isGreaterThanOrEqualTo(run.at("/p50_ms").asDouble());
        for (String key : List.of("os_threads", "cpu_s", "rss_mb")) {
            assertThat(run.has(key)).as(key).isTrue();
        }
    }

    @Test
    void modelsCanBeChosen() throws Exception {
        try (TreadleProcess demo =
                TreadleProcess.launcher(
                        "demo",
                        "--container=undertow",
                        "--models=gevent",
                        "--concurrency=5",
                        "--requests=10",
                        "--sleep=50ms",
                        "--warm-up=0")) {
            assertThat(demo.exitCode()).as(demo.err()).isZero();
            assertThat(demo.out())
                    .contains("measured cold")
                    .contains("undertow")
                    .doesNotContain("tomcat");
        }
    }

    /** Two threads of this test take the processor while the demo looks. */
    @Test
    void aBusyMachineIsTold() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> hogs = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            hogs.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                while (!over.get()) {
                                    Thread.onSpinWait();
                                }
                            }));
        }
        try (TreadleProcess demo =
                TreadleProcess.launcher(
                        "demo",
                        "--container=undertow",
                        "--models=gevent",
                        "--concurrency=5",
                        "--requests=10",
                        "--sleep=50ms")) {
            demo.exitCode();
            assertThat(demo.err()).contains("treadle: the machine is busy: other programs used");
            assertThat(demo.out()).contains("WARNING: the machine is busy: other programs used");
        } finally {
            over.set(true);
            for (Thread hog : hogs) {
                hog.join();
            }
        }
    }
}
