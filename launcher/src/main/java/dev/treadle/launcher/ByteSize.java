package dev.treadle.launcher;

import dev.treadle.settings.InvalidSettingException;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a number of bytes as an option has it. */
final class ByteSize {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})([kmg]?)");
    private static final int KILO = 1024;

    private ByteSize() {}

    /**
     * Reads {@code 4096}, {@code 500k}, {@code 20m} or {@code 1g}; k is 1,024 bytes.
     *
     * @param option what to name in a message
     * @return 0 for {@code off} and {@code 0}
     * @throws InvalidSettingException if it is something else
     */
    static long parse(String option, String text) {
        if (text.equals("off")) {
            return 0;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidSettingException(
                    option, text, "a size such as 4096, 500k, 20m or 1g; 0 or off: no limit");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "k" -> number * KILO;
            case "m" -> number * KILO * KILO;
            case "g" -> number * KILO * KILO * KILO;
            default -> number;
        };
    }
}
