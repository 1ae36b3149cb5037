package dev.treadle.internal.hub;

import java.util.concurrent.TimeUnit;

/**
 * The clock of the watch, which decides how long a hub has been held and when the watch looks next.
 * For one thread.
 *
 * <p><b>Few looks, and none too late.</b> A carrier says when its slice began. So the watch looks
 * again when the slice that it has seen would be too old, and not again and again until then. A
 * slice younger than {@link #YOUNG_NANOS} is not worth that look: nearly all are over by the next
 * usual one. The usual look comes before such a slice is one and a half limits old. So a hub that
 * is held in a slice is given away after one limit at least, and one and a half at most, on a
 * machine with time to spare.
 *
 * <p><b>A stop of the whole process does not count</b> (a garbage collection, a used-up CPU quota):
 * carriers must not lose their hubs because of it. A look that is late shows such a stop, most
 * likely. It counts for half of the time that was planned: so where it was to find a slice too old,
 * it does not yet. If the next look is late as well, the machine is busy, and that one counts for
 * all of the time that was planned. The begin of a slice that is first seen by a late look counts
 * for nothing. Each other slice is seen twice before its hub is given away, with {@link
 * #YOUNG_NANOS} between.
 */
final class LookClock {
    /** A slice of this age is seldom over at the next usual look. */
    static final long YOUNG_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private long nanos; // counts up by what each look is worth
    private long lastLook;
    private long sinceLastLook;
    private long untilNextLook;
    private boolean late;

    LookClock(long now, WatchLimits limits) {
        lastLook = now;
        untilNextLook = limits.periodNanos();
    }

    /** The watch looks now. */
    void look(long now, WatchLimits limits) {
        sinceLastLook = now - lastLook;
        boolean wasLate = late;
        late = sinceLastLook > untilNextLook + Math.max(untilNextLook / 2, YOUNG_NANOS);
        if (late) {
            nanos += wasLate ? untilNextLook : untilNextLook / 2;
        } else {
            nanos += sinceLastLook;
        }
        lastLook = now;
        untilNextLook = limits.periodNanos();
    }

    /**
     * Returns the time of this clock at which a slice began that this look is the first to see.
     *
     * @param age in nanoseconds, as its carrier says
     */
    long begunBefore(long age, WatchLimits limits) {
        if (late) {
            return nanos;
        }
        long most = Math.max(limits.retakeNanos() - YOUNG_NANOS, 0);
        return nanos - Math.min(Math.min(age, sinceLastLook), most);
    }

    /** Returns how long that is ago. */
    long nanosSince(long time) {
        return nanos - time;
    }

    /**
     * Something is held since {@code begun}. Has the watch look when it is held for {@code limit}.
     * If it is already, because nothing waits, twice within a limit: something may begin to wait.
     */
    void looksAgainAt(long limit, long begun) {
        long held = nanosSince(begun);
        if (held >= YOUNG_NANOS) {
            long next = held < limit ? limit - held : limit / 2;
            untilNextLook = Math.min(untilNextLook, Math.max(next, YOUNG_NANOS));
        }
    }

    /** Returns how long the watch waits now. */
    long nanosToNextLook() {
        return untilNextLook;
    }
}
