package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.LogRecords;
import dev.treadle.internal.base.StackCause;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.TimeUnit;

final class SliceReportsTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final LogRecords log = new LogRecords();
    private final WarmUpTest.FakeJvm jvm = new WarmUpTest.FakeJvm();
    private final SliceReports reports = new SliceReports(new WarmUp(jvm, 0), 0);
    private long now;

    @AfterEach
    void close() {
        log.close();
    }

    private static LongSlice slice(String name, long millis) {
        List<StackTraceElement> stack =
                List.of(
                        new StackTraceElement("com.example.Shop", "price", "Shop.java", 7),
                        new StackTraceElement(
                                "org.apache.coyote.Processor", "run", "Processor.java", 8));
        return new LongSlice(
                1, name, "", stack, StackCause.COMPUTES, false, millis * MILLI, 100 * MILLI);
    }

    private void windows(int count) {
        for (int i = 0; i < count; i++) {
            now += WarmUp.WINDOW_NANOS;
            reports.look(now, true);
        }
    }

    @Test
    void whileColdNothingIsLoggedAndThenOneLine() {
        for (int i = 1; i <= 20; i++) {
            reports.longWhileCold(slice("t-" + i + ", GET /" + i + ",", 100 + i));
            reports.retaken(1, i, 5 * MILLI);
        }
        reports.lastsWhileCold("t-3, GET /3,", 800 * MILLI);
        assertThat(log.lines()).isEmpty();

        windows(WarmUp.CALM_WINDOWS);
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("INFO ")
                .contains(" 20 long slices (the longest: t-3, GET /3, 800 ms) and 20 retakes ")
                .doesNotContain("\n");

        windows(100);
        reports.retaken(1, 21, 5 * MILLI);
        assertThat(log.lines()).as("the retakes are told of already").hasSize(1);
        reports.retaken(1, 1_020, 5 * MILLI);
        assertThat(log.lines()).hasSize(2);
    }

    @Test
    void whereNothingWasLongNothingIsSaid() {
        windows(10);
        assertThat(log.lines()).isEmpty();
    }

    /** Pages that are asked for later load their classes then. */
    @Test
    void whatIsColdLaterIsNotSaidAgain() {
        windows(WarmUp.CALM_WINDOWS);
        for (int i = 0; i < 5; i++) {
            jvm.classes += 1_000;
            assertThat(reports.isCold(now)).isTrue();
            reports.longWhileCold(slice("t-" + i, 200));
            windows(WarmUp.CALM_WINDOWS + 1);
        }
        assertThat(log.lines()).as("the first of five times").hasSize(1);
    }

    @Test
    void onceWarmAFewOfManyAreLoggedWithTheFramesThatMatter() {
        windows(WarmUp.CALM_WINDOWS);
        for (int i = 0; i < 100; i++) {
            reports.isLong(slice("t-" + i + ", GET /hog,", 101), now);
        }
        assertThat(log.warnings()).hasSize(10);
        assertThat(log.warnings().getFirst().split(System.lineSeparator()))
                .containsExactly(
                        "WARNING treadle-hub-1: t-0, GET /hog, has run for 101 ms without giving way"
                                + " (max-blocking-time: 100 ms); it computes at"
                                + " com.example.Shop.price(Shop.java:7). "
                                + StackCause.COMPUTES.advice(),
                        "    at com.example.Shop.price(Shop.java:7)");

        now += TimeUnit.SECONDS.toNanos(10);
        reports.isLong(slice("t-100", 101), now);
        reports.isLong(slice("t-101", 101), now);
        assertThat(log.warnings())
                .hasSize(11)
                .last()
                .asString()
                .contains("; 90 more are not told since the last");
    }

    @Test
    void theFirstRetakeOfAWarmJvmIsLoggedAndThenOneInAThousand() {
        reports.retaken(0, 1, 5 * MILLI);
        windows(WarmUp.CALM_WINDOWS);
        for (int i = 2; i <= 2_500; i++) {
            reports.retaken(0, i, 5 * MILLI);
        }
        assertThat(log.lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).startsWith("INFO treadle-hub-0: held for"));
    }
}
