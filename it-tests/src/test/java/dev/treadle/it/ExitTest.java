package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The application ends the JVM, or has to do something at its end. */
class ExitTest {
    /** Longer than {@link TreadleProcess#exitCode} waits. */
    private static final String LONG_GRACE = "--drain=10m";

    @TempDir Path directory = Path.of("");

    static Stream<Cell> cells() {
        return Cell.all();
    }

    static Stream<String> containers() {
        return Cell.containers();
    }

    private TreadleProcess start(Cell cell) throws Exception {
        return cell.start("--war", Exiting.war(directory).toString(), LONG_GRACE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void systemExitEndsWithItsCodeAndDoesNotWaitForItself(Cell cell) throws Exception {
        try (TreadleProcess server = start(cell);
                Web web = new Web(server.address());
                BufferedReader answer = web.begin("/work?millis=0&code=3")) {
            assertThat(answer.readLine()).isEqualTo("begun");
            assertThat(server.exitCode()).as(server.err()).isEqualTo(3);
            assertThat(server.err()).doesNotContain("were interrupted");
            assertThat(server.out()).contains(Exiting.HOOK_ENDED);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void systemExitWaitsForTheOtherRequests(Cell cell) throws Exception {
        try (TreadleProcess server = start(cell);
                Web web = new Web(server.address());
                BufferedReader other = web.begin("/work?millis=4000");
                BufferedReader answer = web.begin("/work?millis=0&code=3")) {
            assertThat(other.readLine()).isEqualTo("begun");
            assertThat(answer.readLine()).isEqualTo("begun");
            assertThat(other.readLine()).as(server.err()).isEqualTo("finished");
            assertThat(server.exitCode()).as(server.err()).isEqualTo(3);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void systemExitWhileTheServerDrainsEndsWithItsCode(Cell cell) throws Exception {
        try (TreadleProcess server = start(cell);
                Web web = new Web(server.address());
                BufferedReader answer = web.begin("/work?millis=2000&code=4")) {
            assertThat(answer.readLine()).isEqualTo("begun");
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isEqualTo(4);
            assertThat(server.out()).contains(Exiting.HOOK_ENDED);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void systemExitWhileTheApplicationStopsHoldsNothingUp(String container) throws Exception {
        String war = Exiting.warThatExitsWhenStopped(directory).toString();
        try (TreadleProcess server = start(container, "--war", war)) {
            server.address();
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void shutdownHooksRunToTheirEndAtSigterm(String container) throws Exception {
        String war = Exiting.war(directory).toString();
        try (TreadleProcess server = start(container, "--war", war)) {
            server.address();
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
            assertThat(server.out()).contains(Exiting.HOOK_ENDED);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void logLinesHaveDateAndZone(String container) throws Exception {
        String war = Exiting.war(directory).toString();
        try (TreadleProcess server =
                        TreadleProcess.launcherWith(
                                List.of("-Duser.timezone=Asia/Kolkata"),
                                "--http=127.0.0.1:0",
                                "--container=" + container,
                                "--drain=100ms",
                                "--war",
                                war);
                Web web = new Web(server.address());
                BufferedReader answer = web.begin("/work?millis=600000")) {
            assertThat(answer.readLine()).isEqualTo("begun");
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
            assertThat(server.err())
                    .containsPattern(
                            "(?m)^20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\+05:30 WARNING"
                                    + " dev\\.treadle\\.workers: drain: 1 requests");
        }
    }

    private static TreadleProcess start(String container, String... more) throws Exception {
        return TreadleProcess.launcher(
                Stream.concat(
                                Stream.of("--http=127.0.0.1:0", "--container=" + container),
                                Stream.of(more))
                        .toArray(String[]::new));
    }
}
