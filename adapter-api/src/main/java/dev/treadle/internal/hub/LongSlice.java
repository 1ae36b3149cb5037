package dev.treadle.internal.hub;

import dev.treadle.internal.base.StackCause;
import dev.treadle.internal.base.StackFrames;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A slice that is too long. Nothing in it is as a client sent it.
 *
 * @param hub the index of its hub
 * @param thread the name of its thread, escaped
 * @param request the request that the thread runs, such as {@code GET /orders}, escaped; empty if
 *     there is none
 * @param stack where it stands; empty if that was not looked at
 * @param cause what holds the hub
 * @param isOut whether a spare carrier has its hub
 * @param nanos how long it has lasted
 * @param limitNanos how long a slice may last
 */
public record LongSlice(
        int hub,
        String thread,
        String request,
        List<StackTraceElement> stack,
        StackCause cause,
        boolean isOut,
        long nanos,
        long limitNanos) {

    /** Returns the name of its thread, with its request if it has one. */
    String name() {
        return request.isEmpty() ? thread : thread + ", " + request + ",";
    }

    /** Returns what holds the hub, where, and what to do. */
    String explanation() {
        String frame = StackFrames.textOfApplication(stack);
        return cause.sentence() + (frame.isEmpty() ? "" : " at " + frame) + ". " + cause.advice();
    }

    @Override
    public String toString() {
        return "treadle-hub-"
                + hub
                + ": "
                + name()
                + " has run for "
                + TimeUnit.NANOSECONDS.toMillis(nanos)
                + " ms without giving way (max-blocking-time: "
                + TimeUnit.NANOSECONDS.toMillis(limitNanos)
                + " ms)"
                + (isOut ? "; a spare carrier has its hub" : "");
    }
}
