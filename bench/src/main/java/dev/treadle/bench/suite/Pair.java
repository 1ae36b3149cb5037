package dev.treadle.bench.suite;

import dev.treadle.settings.InvalidSettingException;

/**
 * A setting as users write it, {@code NAME=VALUE}.
 *
 * @param name not empty
 * @param value may be empty
 */
public record Pair(String name, String value) {
    /**
     * Reads {@code text}.
     *
     * @param option where it stands, for the message
     * @throws InvalidSettingException if it is no pair
     */
    public static Pair parse(String option, String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new InvalidSettingException(option, text, "NAME=VALUE, such as retake=off");
        }
        return new Pair(text.substring(0, equals), text.substring(equals + 1));
    }
}
