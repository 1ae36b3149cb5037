package dev.treadle.launcher;

import dev.treadle.settings.InvalidSettingException;

import java.util.Locale;

/** How the launcher writes a line of a log. */
enum LogFormat {
    /** For people: time, level, logger and message; the access log in the combined format. */
    TEXT,
    /** One JSON object a line. */
    JSON;

    /**
     * Finds a format by the value of {@code --log-format}.
     *
     * @throws InvalidSettingException if there is none of that name
     */
    static LogFormat of(String word) {
        for (LogFormat format : values()) {
            if (format.name().toLowerCase(Locale.ROOT).equals(word)) {
                return format;
            }
        }
        throw new InvalidSettingException("--log-format", word, "text or json");
    }
}
