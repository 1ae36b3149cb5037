package dev.treadle.stats;

import java.util.Locale;

/**
 * The kind of thing that is reported.
 *
 * @since 0.2.0
 */
public enum ReportKind {
    /**
     * A greenlet has held its hub for longer than {@code max-blocking-time}. On the model {@code
     * gevent} only.
     */
    LONG_SLICE,
    /** A request ran for longer than {@code harakiri} allows, and is interrupted. On any model. */
    HARAKIRI,
    /** A request that was interrupted by harakiri runs on. On any model. */
    STUCK;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** Returns its name in JSON and in text, such as {@code long-slice}. */
    public String word() {
        return word;
    }

    @Override
    public String toString() {
        return word;
    }
}
