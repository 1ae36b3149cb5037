package dev.treadle.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.stats.RecentTimes;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

final class TimeRecorderTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double LARGEST_ERROR = 1.0625;

    private final TimeRecorder times = new TimeRecorder(0);

    private static void isJustAbove(Duration shown, long exactNanos) {
        assertThat(shown.toNanos())
                .isBetween(exactNanos, (long) (exactNanos * LARGEST_ERROR) + 1_000);
    }

    @Test
    void aBucketHoldsWhatIsNearlyTheSame() {
        for (long nanos = 1; nanos < Long.MAX_VALUE / 3; nanos += nanos / 3 + 1) {
            long shown = TimeRecorder.greatestIn(TimeRecorder.bucketOf(nanos));
            if (nanos < Duration.ofDays(365).toNanos()) {
                isJustAbove(Duration.ofNanos(shown), nanos);
            }
        }
        int last = -1;
        for (long micros = 0; micros < 100_000; micros++) {
            int bucket = TimeRecorder.bucketOf(micros * 1_000);
            assertThat(bucket).isBetween(last, last + 1);
            last = bucket;
        }
    }

    @Test
    void percentilesAreThoseOfAllThatWereCounted() {
        assertThat(times.snapshot(0).recent()).isEqualTo(TimeRecorder.NONE_LATELY);
        for (int i = 1; i <= 1_000; i++) {
            times.record(i * MILLI, 0);
        }
        RecentTimes shown = times.snapshot(0).recent();
        isJustAbove(shown.median(), 500 * MILLI);
        isJustAbove(shown.p95(), 950 * MILLI);
        isJustAbove(shown.p99(), 990 * MILLI);
        assertThat(shown.max()).isEqualTo(Duration.ofSeconds(1));
        assertThat(shown.mean().toNanos()).isEqualTo(1_001 * MILLI / 2);
        assertThat(times.snapshot(0).ended()).isEqualTo(1_000);
        assertThat(times.snapshot(0).total().toNanos()).isEqualTo(1_001 * MILLI / 2 * 1_000);
    }

    /** A percentile is never above the longest time. */
    @Test
    void ofOneTimeAllAreThatTime() {
        times.record(MILLI, 0);
        Duration one = Duration.ofMillis(1);
        assertThat(times.snapshot(0).recent()).isEqualTo(new RecentTimes(one, one, one, one, one));
    }

    @Test
    void severalLimitersAreOne() {
        TimeRecorder other = new TimeRecorder(0);
        times.record(MILLI, 0);
        other.record(9 * MILLI, 0);
        RecentTimes both = times.snapshot(0).and(other.snapshot(0)).recent();
        isJustAbove(both.median(), MILLI);
        assertThat(both.max()).isEqualTo(Duration.ofMillis(9));
        assertThat(both.mean()).isEqualTo(Duration.ofMillis(5));
        TimeRecorder.Snapshot none = new TimeRecorder(0).snapshot(0);
        assertThat(none.and(times.snapshot(0)).recent()).isEqualTo(times.snapshot(0).recent());
        assertThat(times.snapshot(0).and(none).recent()).isEqualTo(times.snapshot(0).recent());
    }

    @Test
    void whatIsOlderThanTwoPeriodsIsForgotten() {
        long period = TimeRecorder.PERIOD_NANOS;
        times.record(500 * MILLI, 0);
        times.record(MILLI, period + 1);
        assertThat(times.snapshot(2 * period - 1).recent().max()).isEqualTo(Duration.ofMillis(500));
        assertThat(times.snapshot(2 * period).recent().max()).isEqualTo(Duration.ofMillis(1));
        assertThat(times.snapshot(3 * period).recent()).isEqualTo(TimeRecorder.NONE_LATELY);
        times.record(2 * MILLI, 100 * period);
        assertThat(times.snapshot(100 * period).recent().max()).isEqualTo(Duration.ofMillis(2));
    }

    /** The totals never fall, and nothing that was counted in them is forgotten. */
    @Test
    void totalsGoOnOverPeriods() {
        long period = TimeRecorder.PERIOD_NANOS;
        for (int i = 0; i < 10; i++) {
            times.record(MILLI, i * period);
            assertThat(times.snapshot(i * period).ended()).isEqualTo(i + 1);
        }
        assertThat(times.snapshot(100 * period).total()).isEqualTo(Duration.ofMillis(10));
        assertThat(times.snapshot(100 * period).recent()).isEqualTo(TimeRecorder.NONE_LATELY);
    }

    /**
     * Many threads count while periods end and others look: no time is lost or counted twice, and
     * no look sees a time that nobody has counted.
     */
    @Test
    void eachTimeIsCountedOnceWhilePeriodsEnd() throws Exception {
        int threads = 8;
        int each = 200_000;
        AtomicLong clock = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> recorders = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Runnable recorder =
                    () -> {
                        for (int j = 1; j <= each; j++) {
                            // a period has a thousand times
                            long now = clock.addAndGet(TimeRecorder.PERIOD_NANOS / 1_000);
                            times.record(j % 100 * MILLI, now);
                        }
                    };
            recorders.add(
                    i % 2 == 0
                            ? Thread.ofPlatform().daemon().unstarted(recorder)
                            : Thread.ofVirtual().unstarted(recorder));
        }
        FutureTask<Long> looks =
                new FutureTask<>(() -> {
                    long before = 0;
                    while (!over.get()) {
                        TimeRecorder.Snapshot seen = times.snapshot(clock.get());
                        assertThat(seen.ended()).isBetween(before, (long) threads * each);
                        assertThat(seen.recent().max())
                                .isLessThanOrEqualTo(
                                        Duration.ofNanos((long) (99 * MILLI * LARGEST_ERROR)));
                        assertThat(seen.recent().mean())
                                .isBetween(Duration.ZERO, seen.recent().max());
                        before = seen.ended();
                    }
                    return before;
                });
        Thread.ofPlatform().daemon().start(looks);
        recorders.forEach(Thread::start);
        for (Thread recorder : recorders) {
            recorder.join();
        }
        over.set(true);
        looks.get();

        TimeRecorder.Snapshot all = times.snapshot(clock.get());
        assertThat(all.ended()).isEqualTo((long) threads * each);
        long sum = 0;
        for (int j = 1; j <= each; j++) {
            sum += j % 100;
        }
        assertThat(all.total()).isEqualTo(Duration.ofMillis(threads * sum));
    }
}
