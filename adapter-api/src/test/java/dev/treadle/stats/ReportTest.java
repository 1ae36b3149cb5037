package dev.treadle.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

final class ReportTest {
    private static final Instant TIME = Instant.parse("2026-12-01T10:00:00Z");
    private static final StackTraceElement FRAME =
            new StackTraceElement("app", "shop", "1", "com.example.Shop", "price", "Shop.java", 7);

    private static Report report(ReportKind kind, String request, String frame, int hub) {
        return new Report(
                TIME,
                kind,
                Duration.ofMillis(120),
                request,
                frame,
                "it computes",
                "Do less.",
                List.of(FRAME),
                hub);
    }

    @Test
    void textIsOneLine() {
        assertThat(
                        report(
                                ReportKind.LONG_SLICE,
                                "GET /shop",
                                "com.example.Shop.price(Shop.java:7)",
                                1))
                .hasToString(
                        "2026-12-01T10:00:00Z long-slice on hub 1 for 120 ms: GET /shop: it computes"
                                + " at com.example.Shop.price(Shop.java:7). Do less.");
        assertThat(report(ReportKind.STUCK, "", "", -1))
                .hasToString("2026-12-01T10:00:00Z stuck for 120 ms: it computes. Do less.");
    }

    @Test
    void textOfClientsIsEscaped() {
        assertThat(report(ReportKind.HARAKIRI, "GET /a\nforged", "", -1).request())
                .isEqualTo("GET /a\\u000aforged");
    }

    @Test
    void theMapHasNumbersAndTextsOnly() {
        assertThat(report(ReportKind.LONG_SLICE, "GET /shop", "here", 1).toMap())
                .containsExactly(
                        entry("timeMillis", TIME.toEpochMilli()),
                        entry("kind", "long-slice"),
                        entry("lastedMillis", 120L),
                        entry("request", "GET /shop"),
                        entry("frame", "here"),
                        entry("cause", "it computes"),
                        entry("advice", "Do less."),
                        entry("hub", 1),
                        entry("stack", List.of("com.example.Shop.price(Shop.java:7)")));
    }
}
