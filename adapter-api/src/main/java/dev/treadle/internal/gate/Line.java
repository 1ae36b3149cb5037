package dev.treadle.internal.gate;

import org.jspecify.annotations.Nullable;

/**
 * The line before a turnstile, in the order of arrival; each place may leave it from the middle at
 * once. A linked list through the places themselves, because the queues of the JDK search for what
 * is to be removed. Guarded by the lock of its turnstile.
 */
final class Line {
    private Turnstile.@Nullable Place first;
    private Turnstile.@Nullable Place last;
    private int length;
    private long left;
    private long nanosInLine;
    private final LineTimes times = new LineTimes();

    Turnstile.@Nullable Place first() {
        return first;
    }

    Turnstile.@Nullable Place last() {
        return last;
    }

    int length() {
        return length;
    }

    /** Returns how many have left the line, with any outcome. */
    long left() {
        return left;
    }

    /** Returns how long all who have left were in line. */
    long nanosInLine() {
        return nanosInLine;
    }

    /** Returns how long those were in line who have left in the last one to two minutes. */
    LineTimes.Snapshot times() {
        return times.snapshot(System.nanoTime());
    }

    void append(Turnstile.Place place) {
        place.before = last;
        if (last == null) {
            first = place;
        } else {
            last.after = place;
        }
        last = place;
        place.inLine = true;
        length++;
    }

    void remove(Turnstile.Place place) {
        Turnstile.Place before = place.before;
        Turnstile.Place after = place.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        place.before = null;
        place.after = null;
        place.inLine = false;
        length--;
        left++;
        long nanos = place.nanosWaited();
        nanosInLine += nanos;
        place.nanosInLine = nanos;
        times.record(nanos, System.nanoTime());
    }
}
