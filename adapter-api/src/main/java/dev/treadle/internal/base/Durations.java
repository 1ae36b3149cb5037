package dev.treadle.internal.base;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads and writes durations as users write them: {@code 10}, which is seconds as in uWSGI, {@code
 * 10s}, {@code 500ms}, {@code 2m}, {@code 1h}, {@code 1d}. The rule is the same for all settings.
 */
public final class Durations {
    private static final Pattern SIMPLE = Pattern.compile("(\\d{1,12})(ms|s|m|h|d|)");

    /**
     * More than this is shown in the ISO-8601 form: milliseconds in a {@code long} end some way
     * above.
     */
    private static final long MOST_DAYS = 1_000_000_000;

    private Durations() {}

    /**
     * Reads {@code 10} (seconds), {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}, {@code 1d},
     * or the ISO-8601 form {@code PT10S}.
     */
    public static Optional<Duration> parse(String text) {
        Matcher matcher = SIMPLE.matcher(text);
        try {
            if (matcher.matches()) {
                long amount = Long.parseLong(matcher.group(1));
                return Optional.of(
                        switch (matcher.group(2)) {
                            case "ms" -> Duration.ofMillis(amount);
                            case "s", "" -> Duration.ofSeconds(amount);
                            case "m" -> Duration.ofMinutes(amount);
                            case "h" -> Duration.ofHours(amount);
                            default -> Duration.ofDays(amount);
                        });
            }
            return text.startsWith("P") ? Optional.of(Duration.parse(text)) : Optional.empty();
        } catch (DateTimeParseException | ArithmeticException unreadable) {
            return Optional.empty();
        }
    }

    /** Returns the text that is read as the same duration, the shortest there is. */
    public static String format(Duration duration) {
        if (duration.toNanosPart() % 1_000_000 != 0 || Math.abs(duration.toDays()) > MOST_DAYS) {
            return duration.toString();
        }
        long millis = duration.toMillis();
        if (millis % 1_000 != 0 || millis == 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        return seconds + "s";
    }

    /** The same, and {@code off} for none. */
    public static String formatOrOff(@Nullable Duration duration) {
        return duration == null ? "off" : format(duration);
    }
}
