package dev.treadle.internal.hub;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The limits of the watch, in nanoseconds; replaced as a whole when settings change.
 *
 * @param watching where they come from
 * @param retakeNanos how long a slice may hold its hub while something waits
 * @param reportNanos a slice longer than this is reported
 * @param strandedNanos a loop that is held for longer is given away at the next look
 * @param periodNanos between two looks, if the first has seen nothing that is old
 */
record WatchLimits(
        Watching watching,
        long retakeNanos,
        long reportNanos,
        long strandedNanos,
        long periodNanos) {
    /**
     * A loop that is held for longer is given away at the next look, also where {@code retake} is
     * off: outside of slices no greenlet is interrupted in anything.
     */
    private static final long STRANDED_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    static WatchLimits of(Watching watching) {
        long retake = nanosOrNever(watching.retake());
        long report = nanosOrNever(watching.report());
        long stranded = Math.min(retake, STRANDED_NANOS);
        long shortest = Math.min(stranded, report);
        // a slice of that age, less what the look has seen of it, is one and a half limits old
        long period = Math.max(LookClock.YOUNG_NANOS, shortest * 3 / 2 - LookClock.YOUNG_NANOS);
        return new WatchLimits(watching, retake, report, stranded, period);
    }

    private static long nanosOrNever(@Nullable Duration duration) {
        return duration == null ? Long.MAX_VALUE : duration.toNanos();
    }
}
