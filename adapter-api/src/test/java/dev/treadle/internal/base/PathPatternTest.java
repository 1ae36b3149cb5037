package dev.treadle.internal.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PathPatternTest {
    @ParameterizedTest
    @CsvSource({
        "/a,      /a,      true",
        "/a,      /a/,     false",
        "/a,      /a/b,    false",
        "/a/*,    /a,      true",
        "/a/*,    /a/,     true",
        "/a/*,    /a/b/c,  true",
        "/a/*,    /ab,     false",
        "/*,      /x/y,    true",
        "/*,      '',      true",
        "*.pdf,   /x/y.pdf,true",
        "*.pdf,   /x/y.PDF,false",
        "*.pdf,   /x/pdf,  false",
        "/,       /,       true",
        "/,       /a,      false",
    })
    void matchesAsServletsDo(String pattern, String path, boolean expected) {
        assertThat(PathPattern.parse(pattern).matches(path)).isEqualTo(expected);
    }

    @Test
    void whatIsNoPatternIsNamed() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> PathPattern.parse("healthz"))
                .withMessage(
                        "healthz (expected: a path such as /healthz, /checkout/*, *.pdf or /*)");
    }

    @ParameterizedTest
    @CsvSource({"/healthz", "/", "/healthz/*", "/a/b/*"})
    void priorityTakesAPathOrAllBelowOne(String pattern) {
        assertThat(PathPattern.isOneOfPriority(pattern)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"*.txt", "/*", "healthz", "/a;b"})
    void priorityTakesNothingThatAnyRequestCouldFit(String pattern) {
        assertThat(PathPattern.isOneOfPriority(pattern)).isFalse();
    }
}
