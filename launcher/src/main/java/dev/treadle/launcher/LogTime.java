package dev.treadle.launcher;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The time of a line of a log. */
final class LogTime {
    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT);

    private static final DateTimeFormatter COMBINED =
            DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.ENGLISH);

    private LogTime() {}

    /** Returns ISO 8601, always of the same length: 2026-11-29T21:53:40.070+01:00. */
    static String iso(Instant time) {
        return ISO.format(time.atZone(ZoneId.systemDefault()));
    }

    /** Returns the form of the common log format: 29/Nov/2026:21:53:40 +0100. */
    static String combined(Instant time) {
        return COMBINED.format(time.atZone(ZoneId.systemDefault()));
    }
}
