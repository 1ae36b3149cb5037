package dev.treadle;

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
        assertThat(PathPattern.parse("limit", pattern).matches(path)).isEqualTo(expected);
    }

    @Test
    void whatIsNoPatternIsNamed() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> PathPattern.parse("priority-path", "healthz"))
                .withMessage(
                        "priority-path: healthz (expected: a path such as /healthz, /checkout/*, *.pdf or /*)");
    }

    @ParameterizedTest
    @CsvSource({"/healthz", "/", "/healthz/*", "/a/b/*"})
    void priorityTakesAPathOrAllBelowOne(String pattern) {
        assertThat(PathPattern.parsePriority("priority-path", pattern).text()).isEqualTo(pattern);
    }

    @ParameterizedTest
    @CsvSource({"*.txt", "/*", "healthz", "/a;b"})
    void priorityTakesNothingThatAnyRequestCouldFit(String pattern) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> PathPattern.parsePriority("flag --priority-path", pattern))
                .withMessageStartingWith(
                        "flag --priority-path: "
                                + pattern
                                + " (expected: a path such as /healthz, or /healthz/* for all at"
                                + " and below it");
    }
}
