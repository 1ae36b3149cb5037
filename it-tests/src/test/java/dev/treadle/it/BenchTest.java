package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** A benchmark from end to end, as short as can be: that it measures, not what. */
class BenchTest {
    @TempDir Path directory = Path.of("");

    @Test
    void sleepMeasuresTreadleAndPeersAndWritesItDown() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Places.java().toString(),
                        "-cp",
                        Places.benchJar() + ":" + Places.benchJar().resolveSibling("lib") + "/*",
                        "dev.treadle.bench.command.Main",
                        "sleep",
                        "--rounds=1",
                        "--containers=tomcat",
                        "--contenders=gevent,pool",
                        "--connections=20",
                        "--sleep=100ms",
                        "--out=" + directory);
        try (TreadleProcess process = TreadleProcess.start(builder, Map.of())) {
            assertThat(process.exitCode()).as(process.err()).isZero();
            assertThat(process.out()).contains("gevent : pool", "x limit");
        }
        assertThat(written(".svg")).exists();
        JsonNode medians = new ObjectMapper().readTree(written(".json").toFile()).get("medians");
        assertThat(medians).hasSize(2);
        for (JsonNode median : medians) {
            assertThat(median.get("failed").get("median").asInt()).isZero();
            assertThat(median.get("x_limit").get("median").asDouble()).isGreaterThanOrEqualTo(1);
            assertThat(median.get("threads").get("median").asInt()).isPositive();
        }
    }

    private Path written(String end) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(end)).findFirst().orElseThrow();
        }
    }
}
