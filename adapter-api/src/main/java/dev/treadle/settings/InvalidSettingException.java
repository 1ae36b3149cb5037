package dev.treadle.settings;

import org.jspecify.annotations.Nullable;

import java.util.Collection;

/**
 * A setting that is not valid. The message has its name, its value, the valid values and, where
 * needed, the remedy.
 *
 * @since 0.2.0
 */
public final class InvalidSettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String setting;
    private final @Nullable String value;
    private final String expected;

    /**
     * @param setting the name as the user wrote it, such as {@code --gevent} or {@code
     *     treadle.gevent}
     * @param value the value as the user wrote it, or null if the name itself is the mistake
     * @param expected the valid values
     */
    public InvalidSettingException(String setting, @Nullable String value, String expected) {
        super(message(setting, value, expected));
        this.setting = setting;
        this.value = value;
        this.expected = expected;
    }

    /**
     * Returns the exception for a name that is no setting.
     *
     * @param name the name as the user wrote it, such as {@code treadle.quue}, and where it stands,
     *     if the name does not tell
     * @param value its value, or null if that is not known
     * @param known all names that would be right there, written in the same way
     */
    public static InvalidSettingException unknownName(
            String name, @Nullable String value, Collection<String> known) {
        String plain = name.split(" ", 2)[0];
        String expected =
                NearestName.of(plain, known)
                        .map(near -> "a setting of Treadle; did you mean " + near + "?")
                        .orElseGet(() -> "one of " + String.join(" ", known));
        return new InvalidSettingException(name, value, expected);
    }

    private static String message(String setting, @Nullable String value, String expected) {
        String shown = value == null ? "" : ": " + (value.isEmpty() ? "(empty)" : value);
        return setting + shown + " (expected: " + expected + ")";
    }

    /** Returns the name as the user wrote it. */
    public String setting() {
        return setting;
    }

    /** Returns the value as the user wrote it, or null if the name itself is the mistake. */
    public @Nullable String value() {
        return value;
    }

    /** Returns the valid values. */
    public String expected() {
        return expected;
    }
}
