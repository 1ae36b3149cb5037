package dev.treadle.settings;

import org.jspecify.annotations.Nullable;

import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * All that there is to know of one setting: its row in the table that is {@link Setting}.
 *
 * @param type what its values are
 * @param setter puts a value into a builder
 * @param getter takes it from the settings
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
        BiConsumer<WorkerSettings.Builder, T> setter,
        Function<WorkerSettings, T> getter,
        @Nullable WorkerModel only,
        boolean atStart,
        @Nullable String aloneText,
        boolean repeatable,
        String help,
        @Nullable String defaultText) {
    static <T> SettingRow<T> setting(
            SettingType<T> type,
            BiConsumer<WorkerSettings.Builder, T> setter,
            Function<WorkerSettings, T> getter,
            String help) {
        return new SettingRow<>(type, setter, getter, null, false, null, false, help, null);
    }

    SettingRow<T> onlyFor(WorkerModel model) {
        return new SettingRow<>(
                type, setter, getter, model, atStart, aloneText, repeatable, help, defaultText);
    }

    SettingRow<T> takenAtStart() {
        return new SettingRow<>(
                type, setter, getter, only, true, aloneText, repeatable, help, defaultText);
    }

    SettingRow<T> alone(String text) {
        return new SettingRow<>(
                type, setter, getter, only, atStart, text, repeatable, help, defaultText);
    }

    SettingRow<T> repeated() {
        return new SettingRow<>(
                type, setter, getter, only, atStart, aloneText, true, help, defaultText);
    }

    SettingRow<T> byDefault(String words) {
        return new SettingRow<>(
                type, setter, getter, only, atStart, aloneText, repeatable, help, words);
    }

    void read(String text, WorkerSettings.Builder into) throws UnfitValueException {
        setter.accept(into, type.read(text));
    }

    String textOf(WorkerSettings settings) {
        return type.write(getter.apply(settings));
    }

    /** Sets a value in code. It must be one of the type. */
    @SuppressWarnings("unchecked")
    void set(WorkerSettings.Builder into, Object value) {
        setter.accept(into, (T) value);
    }

    /** Checks a value that was set in code. It must be one of the type. */
    @SuppressWarnings("unchecked")
    void require(Object value) throws UnfitValueException {
        type.range().require((T) value);
    }

    /** The same as {@link SettingType#write}. The value must be one of the type. */
    @SuppressWarnings("unchecked")
    String write(Object value) {
        return type.write((T) value);
    }
}
