package dev.treadle.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;

final class UnservedPatternsTest {
    private final UnservedPatterns unserved =
            new UnservedPatterns("/x", List.of("", "/mvc/*", "/one", "*.do"));

    @ParameterizedTest
    @CsvSource({
        "/mvc, false",
        "/mvc/a, false",
        "/mvc/a/*, false",
        "/x/mvc/a, false",
        "/x/*, false",
        "/*, false",
        "/one, false",
        "/x/one, false",
        "/one/*, false",
        "/a.do, false",
        "/a/*, false", // /a/b.do
        "*.do, false",
        "*.pdf, false", // /mvc/a.pdf
        "/, false",
        "/a, true",
        "/one/two, true",
        "/x/a, true",
        "/y/mvc, true",
    })
    void aPatternThatNoServletIsMappedToIsFound(String pattern, boolean found) {
        assertThat(unserved.isUnserved(pattern)).isEqualTo(found);
    }

    @Test
    void warnsOfWhatIsSetOnly() {
        WorkerSettings settings =
                WorkerSettings.builder()
                        .threads(5)
                        .priorityPaths(List.of("/health", "/live"))
                        .limit("/api", 1, 0, Duration.ofSeconds(1))
                        .limit("payments", 1, 0, Duration.ofSeconds(1))
                        .build();
        assertThat(unserved.warnings(settings, List.of("/health")))
                .satisfiesExactly(
                        live ->
                                assertThat(live)
                                        .startsWith("treadle.priority-path: /live (expected: ")
                                        .contains("mapped to:  /mvc/* /one *.do)"),
                        api -> assertThat(api).startsWith("treadle.limit: /api (expected: "));
    }
}
