package dev.treadle;

import org.jspecify.annotations.Nullable;

/**
 * The line before the gate: first in, first out, and anybody may leave it from the middle at once.
 * A linked list through the places themselves, because the queues of the JDK search for what is to
 * be removed. Guarded by the lock of its gate.
 */
final class Line {
    private Gate.@Nullable Place first;
    private Gate.@Nullable Place last;
    private int length;

    Gate.@Nullable Place first() {
        return first;
    }

    int length() {
        return length;
    }

    void append(Gate.Place place) {
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

    void remove(Gate.Place place) {
        Gate.Place before = place.before;
        Gate.Place after = place.after;
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
    }
}
