package dev.treadle.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.treadle.InvalidSettingException;
import dev.treadle.Setting;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Map;

final class TreadleFlagsTest {
    private static String[] words(String line) {
        return line.isBlank() ? new String[0] : line.strip().split(" ");
    }

    @ParameterizedTest
    @CsvSource({
        "--gevent 1000, GEVENT, 1000",
        "--gevent=1000, GEVENT, 1000",
        "--threads 200, THREADS, 200",
        "--threads=200, THREADS, 200",
        "--virtual, VIRTUAL, ''",
        "--virtual 500, VIRTUAL, 500",
        "--virtual=500, VIRTUAL, 500",
        "--virtual=, VIRTUAL, ''",
        "--virtual import.csv, VIRTUAL, ''",
        "--virtual --server.port=0, VIRTUAL, ''",
        "import.csv --gevent 7 --server.port=0, GEVENT, 7",
        "--gevent, GEVENT, ''",
        "--gevent --server.port=0, GEVENT, ''",
        "--gevent many, GEVENT, many",
        "--gevent=, GEVENT, ''",
    })
    void understandsBothForms(String line, Setting model, String value) {
        assertThat(TreadleFlags.parse(words(line))).isEqualTo(Map.of(model, value));
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "1000",
        "-gevent 1000",
        "--geventual 5",
        "--treadle.gevent=5",
        "--threads.max=5"
    })
    void leavesTheArgumentsOfOthersAlone(String line) {
        assertThat(TreadleFlags.parse(words(line))).isEmpty();
    }

    @Test
    void takesAFlagOnce() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> TreadleFlags.parse(words("--gevent 5 --gevent=6")))
                .withMessage("--gevent: 5 and 6 (expected: once; leave the other out)");
    }
}
