package dev.treadle.internal.gate;

import dev.treadle.stats.QueueTimes;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Counts times in the queue, for percentiles of the last one to two minutes. A time is counted in
 * one of a fixed number of buckets, 16 for each power of two of microseconds, so that recording one
 * makes no object. A limiter whose queue was never used has no buckets.
 *
 * <p>There are two periods of a minute: the present one, and the one before. Guarded by the lock of
 * the limiter.
 */
public final class QueueTimeRecorder {
    static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

    static final QueueTimes NONE_LATELY =
            new QueueTimes(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private static final int SUB_BITS = 4;
    private static final int SUBS = 1 << SUB_BITS;

    /** Microseconds have at most this many bits, some 35 years; longer times count as that. */
    private static final int MOST_BITS = 50;

    private static final int BUCKETS = (MOST_BITS - SUB_BITS + 1) * SUBS;

    private int @Nullable [] present;
    private int @Nullable [] before;
    private long presentMax;
    private long beforeMax;
    private long periodBegan;

    /**
     * Counts a time.
     *
     * @param now by {@link System#nanoTime}
     */
    void record(long nanos, long now) {
        int[] buckets = present;
        if (buckets == null) {
            buckets = new int[BUCKETS];
            present = buckets;
            before = new int[BUCKETS];
            periodBegan = now;
        }
        buckets = rotate(now, buckets);
        buckets[bucketOf(nanos)]++;
        presentMax = Math.max(presentMax, nanos);
    }

    private int[] rotate(long now, int[] buckets) {
        long passed = (now - periodBegan) / PERIOD_NANOS;
        int[] other = before;
        if (passed <= 0 || other == null) {
            return buckets;
        }
        Arrays.fill(other, 0);
        beforeMax = 0;
        if (passed == 1) {
            before = buckets;
            present = other;
            beforeMax = presentMax;
        } else {
            Arrays.fill(buckets, 0);
        }
        presentMax = 0;
        periodBegan += passed * PERIOD_NANOS;
        return passed == 1 ? other : buckets;
    }

    static int bucketOf(long nanos) {
        long micros = Math.min(Math.max(0, nanos) / 1_000, (1L << MOST_BITS) - 1);
        if (micros < SUBS) {
            return (int) micros;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros) - SUB_BITS;
        return (shift + 1) * SUBS + (int) (micros >>> shift) - SUBS;
    }

    /** Returns the greatest time, in nanoseconds, that is counted in that bucket. */
    static long greatestIn(int bucket) {
        if (bucket < SUBS) {
            return (bucket + 1) * 1_000L - 1;
        }
        int shift = bucket / SUBS - 1;
        long micros = (long) (bucket % SUBS + SUBS + 1) << shift;
        return micros * 1_000 - 1;
    }

    /** Returns what was counted in both periods. */
    Snapshot snapshot(long now) {
        int[] buckets = present;
        if (buckets == null) {
            return Snapshot.NONE;
        }
        int[] current = rotate(now, buckets);
        int[] then = before;
        long[] sum = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            sum[i] = (long) current[i] + (then == null ? 0L : then[i]);
        }
        return new Snapshot(sum, Math.max(presentMax, beforeMax));
    }

    /** The times counted at one or several limiters; immutable. */
    public static final class Snapshot {
        static final Snapshot NONE = new Snapshot(new long[0], 0);

        private final long[] buckets;
        private final long max;

        private Snapshot(long[] buckets, long max) {
            this.buckets = buckets;
            this.max = max;
        }

        Snapshot and(Snapshot other) {
            if (buckets.length == 0) {
                return other;
            }
            if (other.buckets.length == 0) {
                return this;
            }
            long[] sum = buckets.clone();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += other.buckets[i];
            }
            return new Snapshot(sum, Math.max(max, other.max));
        }

        /** Returns the percentiles. */
        public QueueTimes times() {
            long count = 0;
            for (long each : buckets) {
                count += each;
            }
            return count == 0
                    ? NONE_LATELY
                    : new QueueTimes(
                            percentile(count, 50),
                            percentile(count, 95),
                            percentile(count, 99),
                            Duration.ofNanos(max));
        }

        private Duration percentile(long count, int percent) {
            long rank = Math.max(1, (count * percent + 99) / 100);
            long seen = 0;
            for (int i = 0; i < buckets.length; i++) {
                seen += buckets[i];
                if (seen >= rank) {
                    return Duration.ofNanos(Math.min(max, greatestIn(i)));
                }
            }
            return Duration.ofNanos(max);
        }
    }
}
