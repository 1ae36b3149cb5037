package dev.treadle;

import org.jspecify.annotations.Nullable;

/**
 * A setting that cannot be taken: it says which, what its value was, what would be right and, where
 * there is more to say, what to do.
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
     * @param expected what would be right
     */
    public InvalidSettingException(String setting, @Nullable String value, String expected) {
        super(message(setting, value, expected));
        this.setting = setting;
        this.value = value;
        this.expected = expected;
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

    /** Returns what would be right. */
    public String expected() {
        return expected;
    }
}
