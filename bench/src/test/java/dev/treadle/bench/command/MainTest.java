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

    @Test
    void settingsAreCheckedAsTreadleChecksThem() {
        assertThat(refused("sleep", "--set", "retake=soon"))
                .startsWith("bench/run: gevent: retake: soon (expected: ");
        assertThat(refused("sleep", "--contenders", "pool,gevent:speed=1"))
                .startsWith("bench/run: gevent:speed=1: speed (expected: one of ");
    }

    @Test
    void unknownOptionsAreRefused() {
        assertThat(refused("sleep", "--speed", "1"))
                .isEqualToIgnoringNewLines(
                        "bench/run: --speed: unknown (expected: what is in bench/run sleep --help)");
    }

    @Test
    void noBenchmarkIsRefused() {
        assertThat(refused()).contains("expected: one of fast, sleep");
    }
}
