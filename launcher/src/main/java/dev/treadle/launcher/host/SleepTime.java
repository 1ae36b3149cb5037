package dev.treadle.launcher.host;

import dev.treadle.settings.InvalidSettingException;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes the option {@code --sleep} of the demo. */
public final class SleepTime {
    private static final Pattern FORM = Pattern.compile("(\\d{1,7})(ms|s|)");
    private static final Duration LONGEST = Duration.ofHours(1);

    private SleepTime() {}

    /**
     * Reads {@code 200ms}, {@code 1s} or {@code 1}, which is seconds as for all durations.
     *
     * @throws InvalidSettingException if it is something else, or not in [1 ms, 1 h]
     */
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            Duration sleep =
                    matcher.group(2).equals("ms")
                            ? Duration.ofMillis(amount)
                            : Duration.ofSeconds(amount);
            if (sleep.isPositive() && sleep.compareTo(LONGEST) <= 0) {
                return sleep;
            }
        }
        throw new InvalidSettingException(
                "--sleep",
                text,
                "a duration from 1ms to 3600s, such as 200ms or 1s; a bare number is seconds");
    }
}
