package dev.treadle.internal.hub;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The tasks of the watch of some hubs.
 *
 * @param retake how long a carrier may be held in one slice until a spare takes its hub, at least 1
 *     ms; null: for ever
 * @param report a slice longer than this is reported, at least 1 ms; null: none is
 * @param requestOf returns the request that a thread runs, such as {@code GET /orders}, empty if
 *     there is none: nothing in it is as a client sent it
 * @param listener is told of each slice that is too long, once, and not while the JVM is cold. It
 *     is called by the watch, and must not block or throw
 */
public record Watching(
        @Nullable Duration retake,
        @Nullable Duration report,
        Function<Thread, String> requestOf,
        Consumer<LongSlice> listener) {
    /** Only loops that are held are seen to. */
    public static final Watching OFF = new Watching(null, null);

    /** A watch that knows no requests, and tells nobody. */
    public Watching(@Nullable Duration retake, @Nullable Duration report) {
        this(retake, report, any -> "", any -> {});
    }
}
