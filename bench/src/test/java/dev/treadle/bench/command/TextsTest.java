package dev.treadle.bench.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

class TextsTest {
    private static Duration duration(String text) {
        return Texts.duration(text);
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "3s, 3000", "0.5s, 500", "0.125s, 125", "2m, 120000", "1.5m, 90000"})
    void durationsHaveAUnitAndMayBeParts(String text, long millis) {
        assertThat(duration(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "s", "-1s", ".5s", "1.s", "0.5ms", "0.0001s", "1e3s", "2h"})
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> duration(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
