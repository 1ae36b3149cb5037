package dev.treadle.internal.hub;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.function.Function;

/**
 * The tasks of the watch of some hubs.
 *
 * @param retake how long a carrier may be held in one slice until a spare takes its hub, at least 1
 *     ms; null: for ever
 * @param report a slice longer than this is reported, at least 1 ms; null: none is
 * @param nameOf names a thread, and the request it runs if there is one, for the log: nothing in it
 *     is as a client sent it
 */
public record Watching(
        @Nullable Duration retake, @Nullable Duration report, Function<Thread, String> nameOf) {
    /** Only loops that are held are seen to. */
    public static final Watching OFF = new Watching(null, null, Thread::getName);
}
