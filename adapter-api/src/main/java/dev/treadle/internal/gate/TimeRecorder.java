package dev.treadle.internal.gate;

import dev.treadle.internal.engine.Stripe;
import dev.treadle.stats.RecentTimes;
import dev.treadle.stats.RunStats;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts times, in total and for percentiles of the last one to two minutes. A time is counted in
 * one of a fixed number of buckets, 16 for each power of two of microseconds. The buckets exist in
 * several stripes. Each OS thread has its stripe, so two hubs seldom write to the same cache line.
 * Recording takes two atomic additions and no lock. It makes no object, but for a new stripe and
 * once at the end of a period. A recorder that was never used has no stripes.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>Each {@link #record} adds 1 to one bucket and the time to the sum of one stripe, by one
 *       atomic addition each. Nothing is ever subtracted or reset. So the counts are exact as soon
 *       as the calls have returned, also if a period ends meanwhile.
 *   <li>A period is the difference of two sums over all stripes. The sums at the start of the
 *       present period and of the one before are written under {@code lock}. A bucket only rises,
 *       so each time is in exactly one period, and no difference is negative.
 *   <li>A thread that finds the period over ends it before it counts. If another thread ends it at
 *       this moment, it does not wait. Its time may then be in the period that ends.
 *   <li>The greatest time is kept beside the buckets, and may miss a time that was counted while a
 *       period ended. The highest bucket of the window takes its place then.
 * </ul>
 *
 * <p>Safe for any thread.
 */
public final class TimeRecorder {
    static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

    static final RecentTimes NONE_LATELY =
            new RecentTimes(
                    Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private static final int SUB_BITS = 4;
    private static final int SUBS = 1 << SUB_BITS;

    /** Microseconds have at most this many bits, some 35 years; longer times count as that. */
    private static final int MOST_BITS = 50;

    private static final int BUCKETS = (MOST_BITS - SUB_BITS + 1) * SUBS;

    /** Behind the buckets of a stripe: the sum of its times, in nanoseconds. */
    private static final int SUM = BUCKETS;

    private static final int STRIPE_BITS = 3;
    private static final int STRIPES = 1 << STRIPE_BITS;

    private final AtomicReferenceArray<@Nullable AtomicLongArray> stripes =
            new AtomicReferenceArray<>(STRIPES);
    private final AtomicLong presentMax = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long periodBegan; // written under the lock

    // guarded by lock: the sums over all stripes when the present period and the one before began
    private long[] atPresent = new long[0];
    private long[] atBefore = new long[0];
    private long beforeMax;

    /**
     * @param now by {@link System#nanoTime}, when the first period begins
     */
    TimeRecorder(long now) {
        periodBegan = now;
    }

    /**
     * Counts a time. Does not count it if the heap is full: the caller is about to free a place of
     * the gate, and must not fail before.
     *
     * @param now by {@link System#nanoTime}
     */
    void record(long nanos, long now) {
        try {
            count(nanos, now);
        } catch (OutOfMemoryError full) {
            // one figure less is better than a place lost
        }
    }

    private void count(long nanos, long now) {
        if (now - periodBegan >= PERIOD_NANOS && lock.tryLock()) {
            try {
                rotate(now);
            } finally {
                lock.unlock();
            }
        }
        AtomicLongArray stripe = stripe();
        stripe.getAndAdd(bucketOf(nanos), 1);
        stripe.getAndAdd(SUM, nanos);
        if (nanos > presentMax.get()) {
            presentMax.accumulateAndGet(nanos, Math::max);
        }
    }

    private AtomicLongArray stripe() {
        int index = Stripe.current(STRIPE_BITS);
        AtomicLongArray known = stripes.get(index);
        if (known != null) {
            return known;
        }
        AtomicLongArray fresh = new AtomicLongArray(BUCKETS + 1);
        AtomicLongArray other = stripes.compareAndExchange(index, null, fresh);
        return other == null ? fresh : other;
    }

    /** Ends the present period if it is over; with the lock. */
    private void rotate(long now) {
        long began = periodBegan;
        long passed = (now - began) / PERIOD_NANOS;
        if (passed <= 0) {
            return;
        }
        long[] sums = sums();
        long max = presentMax.getAndSet(0);
        atBefore = passed == 1 ? atPresent : sums;
        beforeMax = passed == 1 ? max : 0;
        atPresent = sums;
        periodBegan = began + passed * PERIOD_NANOS;
    }

    /** Returns the buckets and the sum of all stripes; empty if there is no stripe. */
    private long[] sums() {
        long[] sums = new long[0];
        for (int i = 0; i < STRIPES; i++) {
            AtomicLongArray stripe = stripes.get(i);
            if (stripe != null) {
                sums = sums.length == 0 ? new long[BUCKETS + 1] : sums;
                for (int bucket = 0; bucket <= BUCKETS; bucket++) {
                    sums[bucket] += stripe.get(bucket);
                }
            }
        }
        return sums;
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

    /**
     * Returns what was counted.
     *
     * @param now by {@link System#nanoTime}
     */
    Snapshot snapshot(long now) {
        lock.lock();
        try {
            rotate(now);
            long[] sums = sums();
            if (sums.length == 0) {
                return Snapshot.NONE;
            }
            long[] lately = sums.clone();
            for (int i = 0; i < atBefore.length; i++) {
                lately[i] -= atBefore[i];
            }
            long ended = 0;
            int highest = -1;
            for (int i = 0; i < BUCKETS; i++) {
                ended += sums[i];
                highest = lately[i] > 0 ? i : highest;
            }
            long max = Math.max(presentMax.get(), beforeMax);
            max = bucketOf(max) < highest ? greatestIn(highest) : max;
            return new Snapshot(ended, sums[SUM], lately, max);
        } finally {
            lock.unlock();
        }
    }

    /** The times counted at one or several limiters; immutable. */
    public static final class Snapshot {
        static final Snapshot NONE = new Snapshot(0, 0, new long[0], 0);

        private final long ended;
        private final long totalNanos;
        private final long[] lately;
        private final long max;

        private Snapshot(long ended, long totalNanos, long[] lately, long max) {
            this.ended = ended;
            this.totalNanos = totalNanos;
            this.lately = lately;
            this.max = max;
        }

        Snapshot and(Snapshot other) {
            if (lately.length == 0) {
                return other;
            }
            if (other.lately.length == 0) {
                return this;
            }
            long[] sum = lately.clone();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += other.lately[i];
            }
            return new Snapshot(
                    ended + other.ended,
                    totalNanos + other.totalNanos,
                    sum,
                    Math.max(max, other.max));
        }

        /** Returns how many times were counted, since the start. */
        public long ended() {
            return ended;
        }

        /** Returns those times, added up. */
        public Duration total() {
            return Duration.ofNanos(totalNanos);
        }

        /** Returns them as times inside. */
        public RunStats run() {
            return new RunStats(ended, total(), recent());
        }

        /** Returns the mean, the percentiles and the longest of the last one to two minutes. */
        public RecentTimes recent() {
            long count = 0;
            for (int i = 0; i < Math.min(lately.length, BUCKETS); i++) {
                count += lately[i];
            }
            return count == 0
                    ? NONE_LATELY
                    : new RecentTimes(
                            Duration.ofNanos(Math.min(max, lately[SUM] / count)),
                            percentile(count, 50),
                            percentile(count, 95),
                            percentile(count, 99),
                            Duration.ofNanos(max));
        }

        private Duration percentile(long count, int percent) {
            long rank = Math.max(1, (count * percent + 99) / 100);
            long seen = 0;
            for (int i = 0; i < BUCKETS; i++) {
                seen += lately[i];
                if (seen >= rank) {
                    return Duration.ofNanos(Math.min(max, greatestIn(i)));
                }
            }
            return Duration.ofNanos(max);
        }
    }
}
