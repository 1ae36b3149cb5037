package dev.treadle.launcher.client;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Values of a server's JSON. One that is missing is 0 or empty: servers of other versions differ.
 */
final class Values {
    private static final Pattern PACKAGE =
            Pattern.compile("^(?:[\\w$]+\\.)+(?=[\\w$]+\\.[\\w$<>]+(?:\\(|$))");

    private static final Pattern FILE = Pattern.compile("\\([^():]+:(\\d+)\\)$");

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long TENTHS_UNTIL = 100 * SECOND;

    private Values() {}

    static long number(Map<?, ?> object, String name) {
        return object.get(name) instanceof Number number ? number.longValue() : 0;
    }

    static double decimal(Map<?, ?> object, String name) {
        return object.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    static String text(Map<?, ?> object, String name) {
        Object value = object.get(name);
        return value == null ? "" : TerminalText.clean(value.toString());
    }

    static boolean flag(Map<?, ?> object, String name) {
        return Boolean.TRUE.equals(object.get(name));
    }

    static Map<?, ?> object(Map<?, ?> object, String name) {
        return object.get(name) instanceof Map<?, ?> map ? map : Map.of();
    }

    @SuppressWarnings("unchecked") // what JSON has in an object has strings for names
    static List<Map<String, Object>> list(Map<?, ?> object, String name) {
        return object.get(name) instanceof List<?> list
                ? list.stream()
                        .filter(each -> each instanceof Map)
                        .map(each -> (Map<String, Object>) each)
                        .toList()
                : List.of();
    }

    static List<String> texts(Map<?, ?> object, String name) {
        return object.get(name) instanceof List<?> list
                ? list.stream().map(String::valueOf).map(TerminalText::clean).toList()
                : List.of();
    }

    /** Returns a frame without its package and its file: {@code OrderDao.find:41}. */
    static String shortFrame(String frame) {
        return FILE.matcher(PACKAGE.matcher(frame).replaceFirst("")).replaceFirst(":$1");
    }

    /** Returns a time as people read it: {@code 12 ms}, {@code 1.2 s}, {@code 3 m 20 s}. */
    static String duration(long millis) {
        if (millis < SECOND) {
            return millis + " ms";
        }
        if (millis < TENTHS_UNTIL) {
            return String.format(Locale.ROOT, "%.1f s", millis / (double) SECOND);
        }
        return millis / MINUTE + " m " + millis % MINUTE / SECOND + " s";
    }
}
