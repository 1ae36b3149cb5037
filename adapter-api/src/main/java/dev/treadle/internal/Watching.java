package dev.treadle.internal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.function.Function;

/**
 * What the watch of some hubs is to do.
 *
 * @param retake how long a carrier may be held in one slice until a spare takes its hub, at least 1
 *     ms; null: for ever
 * @param report a slice longer than this is reported, at least 1 ms; null: none is
 * @param requestOf says which request a thread runs, such as {@code GET /slow}; empty if none
 */
public record Watching(
        @Nullable Duration retake, @Nullable Duration report, Function<Thread, String> requestOf) {
    /** Only loops that are held are seen to. */
    public static final Watching OFF = new Watching(null, null, thread -> "");
}
