package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.stats.Report;
import dev.treadle.stats.ReportKind;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

final class ReportLogTest {
    private long now = TimeUnit.SECONDS.toNanos(100);
    private final ReportLog log = new ReportLog(() -> now);
    private final List<Report> told = new ArrayList<>();

    private static Report report(ReportKind kind, String request, String frame) {
        return new Report(
                Instant.EPOCH,
                kind,
                Duration.ofSeconds(1),
                request,
                frame,
                "it computes",
                "Do less.",
                List.of(),
                -1);
    }

    private void slice(String frame) {
        log.add(report(ReportKind.LONG_SLICE, "GET /", frame));
    }

    private void pass(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void theNewestComesFirst() {
        slice("a");
        slice("b");
        assertThat(log.recent()).extracting(Report::frame).containsExactly("b", "a");
    }

    @Test
    void anEqualOneIsDroppedForTenSeconds() {
        log.onReport(told::add);
        slice("a");
        slice("a");
        log.add(report(ReportKind.LONG_SLICE, "GET /other", "a"));
        log.add(report(ReportKind.STUCK, "GET /", "a"));
        pass(9);
        slice("a");
        assertThat(told).hasSize(2);
        pass(1);
        slice("a");
        assertThat(told).hasSize(3).isEqualTo(log.recent().reversed());
    }

    @Test
    void withoutAFrameTheRequestCounts() {
        log.add(report(ReportKind.HARAKIRI, "GET /a", ""));
        log.add(report(ReportKind.HARAKIRI, "GET /b", ""));
        log.add(report(ReportKind.HARAKIRI, "GET /a", ""));
        assertThat(log.recent()).extracting(Report::request).containsExactly("GET /b", "GET /a");
    }

    @Test
    void theRateAndTheNumberAreBounded() {
        log.onReport(told::add);
        for (int i = 0; i < 1_000; i++) {
            slice("at once " + i);
        }
        assertThat(told).hasSize(ReportLog.IN_A_ROW);
        for (int i = 0; i < 100; i++) {
            pass(1);
            slice("each second " + i);
            slice("each second too " + i);
        }
        assertThat(told).hasSize(ReportLog.IN_A_ROW + 100);
        assertThat(log.recent()).hasSize(ReportLog.KEPT).first().isEqualTo(told.getLast());
    }

    @Test
    void aListenerThatFailsKeepsNoneFromTheOthers() {
        try (LogRecords records = new LogRecords()) {
            log.onReport(report -> {
                throw new IllegalStateException("a listener of the test");
            });
            log.onReport(told::add);
            slice("a");
            assertThat(told).hasSize(1);
            assertThat(records.warnings())
                    .singleElement()
                    .asString()
                    .contains("a report could not be handed on");
        }
    }
}
