package dev.treadle.settings;

import org.jspecify.annotations.Nullable;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Turns layered text into {@link WorkerSettings}: which value wins, and what each text means. */
final class SettingsResolver {
    /** A value that won, with the source it stands in, so that a message can name both. */
    private record Value(String text, SettingsSource source, Setting setting) {
        InvalidSettingException unlike(String expected) {
            return new InvalidSettingException(source.label(setting), text, expected);
        }
    }

    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);
    private @Nullable Setting model;

    private SettingsResolver() {}

    static WorkerSettings resolve(List<SettingsSource> rising) {
        SettingsResolver resolver = new SettingsResolver();
        for (SettingsSource source : rising) {
            resolver.layer(source);
        }
        return resolver.build();
    }

    private void layer(SettingsSource source) {
        Setting named = modelOf(source);
        if (named != null) {
            // the model and its hubs go together: a flag --threads is not to trip over the hubs of
            // a file's gevent
            for (Setting setting : Setting.values()) {
                if (setting.isModel() || setting.isOfHubs()) {
                    values.remove(setting);
                }
            }
            model = named;
        }
        for (Setting setting : source.settings()) {
            String text = source.value(setting).orElse("");
            values.put(setting, new Value(text.strip(), source, setting));
        }
    }

    private static @Nullable Setting modelOf(SettingsSource source) {
        Setting found = null;
        for (Setting setting : source.settings()) {
            if (!setting.isModel()) {
                continue;
            }
            if (found != null) {
                throw new InvalidSettingException(
                        source.label(found) + " and " + source.label(setting),
                        source.value(found).orElse("") + " and " + source.value(setting).orElse(""),
                        "exactly one of "
                                + source.label(Setting.THREADS)
                                + ", "
                                + source.label(Setting.VIRTUAL)
                                + " and "
                                + source.label(Setting.GEVENT)
                                + "; leave the other out");
            }
            found = setting;
        }
        return found;
    }

    private WorkerSettings build() {
        WorkerSettings.Builder builder = WorkerSettings.builder();
        if (model == null) {
            throw new InvalidSettingException(
                    "worker model", "none", "exactly one of threads, virtual and gevent");
        }
        requireHubsOnlyWithGevent(model);
        for (Value value : values.values()) {
            apply(builder, value.setting(), value);
            builder.source(value.setting(), value.source().origin(value.setting()));
        }
        return builder.build();
    }

    private void requireHubsOnlyWithGevent(Setting chosen) {
        for (Value value : values.values()) {
            if (value.setting().isOfHubs() && chosen != Setting.GEVENT) {
                throw value.unlike("only together with gevent; the model is " + chosen.word());
            }
        }
    }

    private static void apply(WorkerSettings.Builder builder, Setting setting, Value value) {
        try {
            SettingValues.read(setting, value.text(), builder);
        } catch (UnfitValueException unfit) {
            throw value.unlike(unfit.expected());
        }
    }
}
