package dev.treadle.launcher;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;

/**
 * The launcher's own words: its messages on standard output, warnings and errors on standard error.
 * As text until {@link #use} says otherwise. Safe for any thread.
 */
final class Console {
    private static final String LOGGER = "dev.treadle.launcher";

    private static volatile LogFormat format = LogFormat.TEXT;

    private Console() {}

    /** From now on messages have this format. */
    static void use(LogFormat chosen) {
        format = chosen;
    }

    /** Tells what happens. */
    static void say(String message) {
        System.out.println(format == LogFormat.JSON ? json(Level.INFO, message) : message);
    }

    /** Tells what the user should look after. */
    static void warn(String message) {
        System.err.println(line(Level.WARNING, message));
    }

    /** Returns the line of a message about something wrong. */
    static String line(Level level, String message) {
        return format == LogFormat.JSON ? json(level, message) : "treadle: " + message;
    }

    private static String json(Level level, String message) {
        return JsonLine.of(record(Instant.now(), level, LOGGER, message));
    }

    /** Returns what each line of a log has in JSON. */
    static Map<String, Object> record(Instant time, Level level, String logger, String message) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("time", LogTime.iso(time));
        record.put("level", level.getName());
        record.put("logger", logger);
        record.put("message", message);
        return record;
    }
}
