package dev.treadle.settings;

import org.jspecify.annotations.Nullable;

/**
 * All that there is to know of one setting: its row in the table that is {@link Setting}. {@link
 * SettingValues} puts its value into a builder and takes it from the settings.
 *
 * @param type what its values are
 * @param only the model that it is for; null: all
 * @param atStart whether it takes effect only when a server starts
 * @param aloneText the value of a flag without one; null: a flag has a value
 * @param repeatable whether a flag may be repeated
 * @param help one sentence or two for {@code --help} and for editors, without the default
 * @param defaultText the default in words where it follows from other values; null: it is the value
 *     that settings have where nothing is set
 */
record SettingRow<T>(
        SettingType<T> type,
        @Nullable WorkerModel only,
        boolean atStart,
        @Nullable String aloneText,
        boolean repeatable,
        String help,
        @Nullable String defaultText) {
    static <T> SettingRow<T> setting(SettingType<T> type, String help) {
        return new SettingRow<>(type, null, false, null, false, help, null);
    }

    SettingRow<T> onlyFor(WorkerModel model) {
        return new SettingRow<>(type, model, atStart, aloneText, repeatable, help, defaultText);
    }

    SettingRow<T> takenAtStart() {
        return new SettingRow<>(type, only, true, aloneText, repeatable, help, defaultText);
    }

    SettingRow<T> alone(String text) {
        return new SettingRow<>(type, only, atStart, text, repeatable, help, defaultText);
    }

    SettingRow<T> repeated() {
        return new SettingRow<>(type, only, atStart, aloneText, true, help, defaultText);
    }

    SettingRow<T> byDefault(String words) {
        return new SettingRow<>(type, only, atStart, aloneText, repeatable, help, words);
    }

    /** Reads a text, and checks the value. */
    Object read(String text) throws UnfitValueException {
        T value = type.read(text);
        type.require(value);
        return value;
    }

    /** Checks a value that was set in code. It must be one of the type. */
    @SuppressWarnings("unchecked")
    void require(Object value) throws UnfitValueException {
        type.require((T) value);
    }

    /** The same as {@link SettingType#write}. The value must be one of the type. */
    @SuppressWarnings("unchecked")
    String write(Object value) {
        return type.write((T) value);
    }
}
