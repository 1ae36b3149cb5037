package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.treadle.it.standalone.Places;
import dev.treadle.it.standalone.ServerProcess;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** On JDK 21 to 23 a greenlet that blocks inside {@code synchronized} holds its hub. */
class MonitorTest {
    private static final String GUARDED = "dev\\.treadle\\.it\\.agent\\.program\\.Guarded\\.";

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_11", "JETTY_12_1", "UNDERTOW_2_3"})
    void codeThatBlocksInsideSynchronizedIsReportedWithClassAndLine(Line line) throws Exception {
        assumeTrue(
                !System.getProperty("treadle.test.older.jvm", "").isEmpty()
                        || Runtime.version().feature() < 24,
                "-Dtreadle.test.older.jvm (expected: the java of a JDK 21)");
        try (ServerProcess program =
                Agents.program(
                        Places.javaHome(true),
                        line,
                        directory,
                        "plain",
                        Agents.option("gevent=10"))) {
            int port = Agents.ports(program).get(0);
            awaitReport(program, port, "sleep", "pinned");
            awaitReport(program, port, "wait", "Object\\.wait, which pins the carrier on this JDK");
        }
    }

    /** While a JVM is cold nothing is reported. */
    private static void awaitReport(ServerProcess program, int port, String kind, String cause) {
        Pattern report =
                Pattern.compile(
                        "GET /guarded, has run for .*(?:"
                                + cause
                                + ") at "
                                + GUARDED
                                + "(?:sleep|await)\\(Guarded\\.java:\\d+\\)");
        program.await(
                "a report of " + kind,
                () -> {
                    ask(port, "/guarded?" + kind);
                    return report.matcher(program.log()).find();
                });
    }

    private static void ask(int port, String path) {
        try {
            assertThat(Clients.get(port, path)).startsWith("HTTP/1.1 200").contains("blocked");
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
