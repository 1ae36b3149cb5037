package dev.treadle.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

class MainTest {
    private static String refused(String... arguments) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            assertThat(Main.execute(arguments)).isEqualTo(2);
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String printed(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            assertThat(Main.execute(arguments)).isZero();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "--rounds, 0",
        "--rounds, many",
        "--containers, weblogic",
        "--contenders, poll",
        "--hubs, 0",
        "--set, retake",
        "--cores, one",
        "--jdk, /does/not/exist",
        "--connections, 0",
        "--sleep, 1h"
    })
    void badValuesAreRefusedBeforeAnythingStarts(String option, String value) {
        String message = refused("sleep", option, value);

        assertThat(message).startsWith("bench/run: " + option).contains("expected:");
    }

    @ParameterizedTest
    @CsvSource({
        "--rate, 0",
        "--normal, 0.5ms",
        "--slow, soon",
        "--slow-for, 1500ms",
        "--before, 0s",
        "--after, 2h",
        "--patience, 0s",
        "--reloads, -1"
    })
    void badValuesOfAnOverloadAreRefusedBeforeAnythingStarts(String option, String value) {
        assertThat(refused("overload", option + "=" + value))
                .startsWith("bench/run: " + option + ": " + value + " (expected: ");
    }

    @Test
    void aChangeNeedsAnOtherBuild() {
        assertThat(refused("change")).startsWith("bench/run: --before: none (expected: ");
        assertThat(refused("change", "--before", "/does/not/exist"))
                .startsWith("bench/run: --before: /does/not/exist (expected: a checkout with ");
    }

    @ParameterizedTest
    @CsvSource({
        "overload, --slow, 0ms",
        "boot, --apps, 5-tomcat",
        "boot, --starts, many",
        "boot, --bursts, -1",
        "boot, --requests, 0",
        "boot, --wait, soon",
        "agent, --apps, 5-tomcat",
        "agent, --rounds, many",
        "agent, --pairs, -1",
        "agent, --requests, 0",
        "gate, --slices, 0",
        "gate, --slice, 1500ms",
        "gate, --warm-up, long",
        "gate, --connections, none",
        "peers, --cases, hallo",
        "peers, --duration, 0s",
        "peers, --warm-up, soon"
    })
    void badValuesOfOthersAreRefusedBeforeAnythingStarts(
            String benchmark, String option, String value) {
        assertThat(refused(benchmark, option + "=" + value))
                .startsWith("bench/run: " + option + ": " + value + " (expected: ");
    }

    @Test
    void aLineThatTreadleDoesNotTakeIsRefused() {
        assertThat(refused("overload", "--contenders", "gevent:queue=all"))
                .startsWith("bench/run: gevent:queue=all: queue: all (expected: ");
    }

    @Test
    void anOverloadHasOneRoundTheOthersHaveFive() {
        assertThat(printed("overload", "--help")).contains("is measured. Default: 1.");
        assertThat(printed("sleep", "--help")).contains("is measured. Default: 5.");
    }

    @Test
    void settingsAreCheckedAsTreadleChecksThem() {
        assertThat(refused("sleep", "--set", "retake=soon"))
                .startsWith("bench/run: gevent: retake: soon (expected: ");
        assertThat(refused("sleep", "--contenders", "pool,gevent:speed=1"))
                .startsWith("bench/run: gevent:speed=1: speed: 1 (expected: one of ");
    }

    @Test
    void unknownOptionsAreRefused() {
        assertThat(refused("sleep", "--speed", "1"))
                .isEqualToIgnoringNewLines(
                        "bench/run: --speed: unknown (expected: what is in bench/run sleep --help)");
    }

    @Test
    void noBenchmarkIsRefused() {
        assertThat(refused()).contains("expected: one of fast, gate, change, sleep");
    }
}
