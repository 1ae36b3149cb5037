package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A benchmark from end to end, as short as can be: that it measures, not what. */
class BenchTest {
    @TempDir Path directory = Path.of("");

    private String measured(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Places.java().toString(),
                                "-cp",
                                Places.benchJar()
                                        + ":"
                                        + Places.benchJar().resolveSibling("lib")
                                        + "/*",
                                "dev.treadle.bench.command.Main"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--rounds=1", "--containers=tomcat", "--out=" + directory));
        try (TreadleProcess process = TreadleProcess.start(new ProcessBuilder(command), Map.of())) {
            assertThat(process.exitCode()).as(process.err()).isZero();
            return process.out();
        }
    }

    @Test
    void sleepMeasuresTreadleAndPeersAndWritesItDown() throws Exception {
        String printed =
                measured("sleep", "--contenders=gevent,pool", "--connections=20", "--sleep=100ms");

        assertThat(printed).contains("gevent : pool", "x limit");
        JsonNode medians = new ObjectMapper().readTree(written(".json").toFile()).get("medians");
        assertThat(medians).hasSize(2);
        for (JsonNode median : medians) {
            assertThat(median.get("failed").get("median").asInt()).isZero();
            assertThat(median.get("x_limit").get("median").asDouble()).isGreaterThanOrEqualTo(1);
            assertThat(median.get("threads").get("median").asInt()).isPositive();
        }
    }

    @Test
    void overloadTellsOfEachUserAndEachSecond() throws Exception {
        String printed =
                measured(
                        "overload",
                        "--contenders=gevent:n=5:queue=5",
                        "--rate=20",
                        "--normal=20ms",
                        "--slow=2s",
                        "--before=1s",
                        "--slow-for=2s",
                        "--after=1s",
                        "--patience=20s");

        assertThat(printed).contains("served %", "recovery s", "gave up");
        assertThat(written("-tomcat.svg")).exists();
        JsonNode json = new ObjectMapper().readTree(written(".json").toFile());
        JsonNode values = json.get("measurements").get(0).get("values");
        assertThat(values.get("users").asInt()).isEqualTo(80);
        // five inside and five in the queue: more come in two seconds than both have room for
        assertThat(values.get("status_503").asInt()).isPositive();
        assertThat(values.get("status_200").asInt() + values.get("status_503").asInt())
                .isEqualTo(80);
        assertThat(json.get("measurements").get(0).get("series").get("offered")).hasSize(4);
    }

    private Path written(String end) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(end)).findFirst().orElseThrow();
        }
    }
}
