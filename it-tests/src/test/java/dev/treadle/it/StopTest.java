package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** SIGTERM drains. */
class StopTest {
    static Stream<Cell> cells() {
        return Cell.all();
    }

    static Stream<String> containers() {
        return Cell.containers();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void requestUnderWayAtSigtermIsAnsweredInFull(Cell cell) throws Exception {
        try (TreadleProcess server = cell.start("--war", Places.exampleWar().toString());
                Web web = new Web(server.address());
                BufferedReader answer = web.begin("/slow?millis=1500")) {
            assertThat(answer.readLine()).isEqualTo("begun");
            server.terminate();
            assertThat(answer.readLine()).as(server.err()).isEqualTo("finished");
            assertThat(server.exitCode()).as(server.err()).isZero();
            assertThat(server.err()).doesNotContain("were interrupted");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void requestThatOutlivesTheGraceIsCutOffAndReported(Cell cell) throws Exception {
        try (TreadleProcess server =
                        cell.start("--war", Places.exampleWar().toString(), "--drain", "100ms");
                Web web = new Web(server.address());
                BufferedReader answer = web.begin("/slow?millis=600000")) {
            assertThat(answer.readLine()).isEqualTo("begun");
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
            assertThat(server.err()).contains("were interrupted").contains("/slow");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void nothingIsLeftOfAServerThatRan(String container, @TempDir Path directory) throws Exception {
        try (TreadleProcess server =
                TreadleProcess.launcherWith(
                        List.of("-Djava.io.tmpdir=" + directory),
                        "--http",
                        "127.0.0.1:0",
                        "--container",
                        container,
                        "--war",
                        Places.exampleWar().toString())) {
            server.address();
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
        }
        assertThat(namesIn(directory)).isEmpty();
    }

    private static List<String> namesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
