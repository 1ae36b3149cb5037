package dev.treadle.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.internal.base.PathPattern;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;

final class ContextPathsTest {
    private final ContextPaths contexts = ContextPaths.of(List.of("", "/", "/shop", "/shop/admin"));

    @ParameterizedTest
    @CsvSource({
        "/api/*, /api/x, true",
        "/api/*, /shop/api/x, true",
        "/api/*, /shop/api, true",
        "/api/*, /shop/admin/api/x, true",
        "/shop/api/*, /shop/api/x, true",
        "/admin/api/*, /shop/admin/api, false", // the application at /shop/admin has /api
        "/api/*, /shopping/api/x, false",
        "/api/*, /other/api/x, false",
        "/api, /shop/api, true",
        "/api, /shop/api/x, false",
        "*.pdf, /shop/x.pdf, true",
        "/*, /shop, true",
    })
    void aPatternIsOfTheWholePathOrInsideTheApplication(String pattern, String path, boolean fits) {
        assertThat(contexts.matches(PathPattern.parse(pattern), path)).isEqualTo(fits);
    }

    @Test
    void atTheRootOnlyTheWholePathCounts() {
        assertThat(ContextPaths.ROOT.matches(PathPattern.parse("/api/*"), "/shop/api/x")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/*, /a, true",
        "/*, *.pdf, true",
        "/a/*, /a, true",
        "/a/*, /a/b/*, true",
        "/a/*, /ab, false",
        "/a/*, /*, false",
        "/a/b, /a/b, true",
        "/a/b, /a/*, false",
        "*.pdf, /a/b.pdf, true",
        "*.pdf, *.x.pdf, true",
        "*.pdf, /a/b.pdf/*, false",
    })
    void aPatternCoversAnother(String pattern, String other, boolean covers) {
        assertThat(PathPattern.parse(pattern).covers(PathPattern.parse(other))).isEqualTo(covers);
    }

    @Test
    void patternsThatMatchNothingAreFound() {
        WorkerSettings settings =
                WorkerSettings.builder()
                        .threads(5)
                        .priorityPaths(List.of("/healthz/*", "/a%20b"))
                        .readyPath("/-//ready")
                        .limit("/a/*", 1, 0, Duration.ofSeconds(1))
                        .limit("/b", 1, 0, Duration.ofSeconds(1))
                        .limit("/a/b", 1, 0, Duration.ofSeconds(1))
                        .limit("payments", 1, 0, Duration.ofSeconds(1))
                        .build();
        assertThat(DeadPatterns.warnings(settings))
                .satisfiesExactly(
                        priority -> assertThat(priority).startsWith("priority-path: /a%20b (expec"),
                        ready -> assertThat(ready).startsWith("ready-path: /-//ready (expected: "),
                        limit ->
                                assertThat(limit)
                                        .startsWith(
                                                "limit: /a/b (expected: in front of /a/*): it"));
    }
}
