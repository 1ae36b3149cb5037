package dev.treadle.internal.gate;

import org.jspecify.annotations.Nullable;

/**
 * The queue before a limiter, in the order of arrival; each place may leave it from the middle at
 * once. A linked list through the places themselves, because the queues of the JDK search for what
 * is to be removed. Guarded by the lock of its limiter.
 */
final class WaitQueue {
    private Limiter.@Nullable Place first;
    private Limiter.@Nullable Place last;
    private int length;
    private final TimeRecorder times = new TimeRecorder(System.nanoTime());

    Limiter.@Nullable Place first() {
        return first;
    }

    Limiter.@Nullable Place last() {
        return last;
    }

    int length() {
        return length;
    }

    /** Returns how long those were in the queue who have left it, with any outcome. */
    TimeRecorder.Snapshot times() {
        return times.snapshot(System.nanoTime());
    }

    void append(Limiter.Place place) {
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

    void remove(Limiter.Place place) {
        Limiter.Place before = place.before;
        Limiter.Place after = place.after;
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
        long nanos = place.nanosWaited();
        place.nanosInQueue = nanos;
        times.record(nanos, System.nanoTime());
    }
}
