package dev.treadle.launcher;

import dev.treadle.launcher.host.ServedRequest;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The line of one request in the access log. As text it is the combined log format of Apache,
 * followed by {@code queueMillis=0.412 runMillis=1000.210 hub=3 slices=4}; a dash stands for what
 * is not known or not there. As JSON it has the same values, and leaves out what a dash stands for.
 */
final class AccessLine {
    private static final double NANOS_PER_MILLI = 1_000_000;

    private AccessLine() {}

    static String of(ServedRequest request, LogFormat format) {
        return switch (format) {
            case TEXT -> text(request);
            case JSON -> JsonLine.of(map(request));
        };
    }

    private static String text(ServedRequest request) {
        ServedRequest.Head head = request.head();
        ServedRequest.Times times = request.times();
        return escaped(request.client())
                + " - "
                + escapedOrDash(request.user()).replace(" ", "\\x20")
                + " ["
                + LogTime.combined(Instant.ofEpochMilli(request.startMillis()))
                + "] \""
                + escaped(head.method() + " " + head.target() + " " + head.protocol())
                + "\" "
                + request.status()
                + " "
                + (request.bytes() == 0 ? "-" : request.bytes())
                + " \""
                + escapedOrDash(head.referer())
                + "\" \""
                + escapedOrDash(head.agent())
                + "\" queueMillis="
                + millis(times.queueNanos())
                + " runMillis="
                + millis(times.runNanos())
                + " hub="
                + (times.hub() < 0 ? "-" : times.hub())
                + " slices="
                + (times.slices() < 0 ? "-" : times.slices());
    }

    private static String millis(long nanos) {
        return nanos < 0 ? "-" : String.format(Locale.ROOT, "%.3f", nanos / NANOS_PER_MILLI);
    }

    private static String escapedOrDash(@Nullable String text) {
        return text == null || text.isEmpty() ? "-" : escaped(text);
    }

    /**
     * Returns printable ASCII without quotes, so that a client cannot write a line, a field or a
     * command for a terminal. Other characters become {@code \xHH}, or {@code \}{@code uHHHH} above
     * one byte.
     */
    static String escaped(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F && c != '"' && c != '\\') {
                plain.append(c);
            } else if (c <= 0xFF) {
                plain.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
            } else {
                plain.append("\\u").append(HexFormat.of().toHexDigits(c));
            }
        }
        return plain.toString();
    }

    private static Map<String, @Nullable Object> map(ServedRequest request) {
        ServedRequest.Head head = request.head();
        ServedRequest.Times times = request.times();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("time", LogTime.iso(Instant.ofEpochMilli(request.startMillis())));
        map.put("client", request.client());
        map.put("user", request.user());
        map.put("method", head.method());
        map.put("target", head.target());
        map.put("protocol", head.protocol());
        map.put("status", request.status());
        map.put("bytes", request.bytes());
        map.put("referer", head.referer());
        map.put("agent", head.agent());
        map.put("queueMillis", millisOrNull(times.queueNanos()));
        map.put("runMillis", millisOrNull(times.runNanos()));
        map.put("hub", times.hub() < 0 ? null : times.hub());
        map.put("slices", times.slices() < 0 ? null : times.slices());
        return map;
    }

    private static @Nullable Double millisOrNull(long nanos) {
        return nanos < 0 ? null : Math.round(nanos / 1000.0) / 1000.0;
    }
}
