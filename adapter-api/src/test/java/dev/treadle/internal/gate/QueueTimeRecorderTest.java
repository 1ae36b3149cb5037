package dev.treadle.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.stats.QueueTimes;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

final class QueueTimeRecorderTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double LARGEST_ERROR = 1.0625;

    private final QueueTimeRecorder times = new QueueTimeRecorder();

    private static void isJustAbove(Duration shown, long exactNanos) {
        assertThat(shown.toNanos())
                .isBetween(exactNanos, (long) (exactNanos * LARGEST_ERROR) + 1_000);
    }

    @Test
    void aBucketHoldsWhatIsNearlyTheSame() {
        for (long nanos = 1; nanos < Long.MAX_VALUE / 3; nanos += nanos / 3 + 1) {
            long shown = QueueTimeRecorder.greatestIn(QueueTimeRecorder.bucketOf(nanos));
            if (nanos < Duration.ofDays(365).toNanos()) {
                isJustAbove(Duration.ofNanos(shown), nanos);
            }
        }
        int last = -1;
        for (long micros = 0; micros < 100_000; micros++) {
            int bucket = QueueTimeRecorder.bucketOf(micros * 1_000);
            assertThat(bucket).isBetween(last, last + 1);
            last = bucket;
        }
    }

    @Test
    void percentilesAreThoseOfAllThatWereCounted() {
        assertThat(times.snapshot(0).times()).isEqualTo(QueueTimeRecorder.NONE_LATELY);
        for (int i = 1; i <= 1_000; i++) {
            times.record(i * MILLI, 0);
        }
        QueueTimes shown = times.snapshot(0).times();
        isJustAbove(shown.median(), 500 * MILLI);
        isJustAbove(shown.p95(), 950 * MILLI);
        isJustAbove(shown.p99(), 990 * MILLI);
        assertThat(shown.max()).isEqualTo(Duration.ofSeconds(1));
    }

    /** A percentile is never above the longest time. */
    @Test
    void ofOneTimeAllAreThatTime() {
        times.record(MILLI, 0);
        Duration one = Duration.ofMillis(1);
        assertThat(times.snapshot(0).times()).isEqualTo(new QueueTimes(one, one, one, one));
    }

    @Test
    void severalLimitersAreOne() {
        QueueTimeRecorder other = new QueueTimeRecorder();
        times.record(MILLI, 0);
        other.record(9 * MILLI, 0);
        QueueTimes both = times.snapshot(0).and(other.snapshot(0)).times();
        isJustAbove(both.median(), MILLI);
        assertThat(both.max()).isEqualTo(Duration.ofMillis(9));
        QueueTimeRecorder.Snapshot none = new QueueTimeRecorder().snapshot(0);
        assertThat(none.and(times.snapshot(0)).times()).isEqualTo(times.snapshot(0).times());
        assertThat(times.snapshot(0).and(none).times()).isEqualTo(times.snapshot(0).times());
    }

    @Test
    void whatIsOlderThanTwoPeriodsIsForgotten() {
        long period = QueueTimeRecorder.PERIOD_NANOS;
        times.record(500 * MILLI, 0);
        times.record(MILLI, period + 1);
        assertThat(times.snapshot(2 * period - 1).times().max()).isEqualTo(Duration.ofMillis(500));
        assertThat(times.snapshot(2 * period).times().max()).isEqualTo(Duration.ofMillis(1));
        assertThat(times.snapshot(3 * period).times()).isEqualTo(QueueTimeRecorder.NONE_LATELY);
        times.record(2 * MILLI, 100 * period);
        assertThat(times.snapshot(100 * period).times().max()).isEqualTo(Duration.ofMillis(2));
    }
}
