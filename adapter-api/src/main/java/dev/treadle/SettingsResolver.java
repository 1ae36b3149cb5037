package dev.treadle;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
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

    private static final String DURATION = "a duration such as 500ms, 10s or 2m";

    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);
    private @Nullable Setting model;

    private SettingsResolver() {}

    static WorkerSettings resolve(List<SettingsSource> rising) {
        SettingsResolver resolver = new SettingsResolver();
        rising.forEach(resolver::layer);
        return resolver.build();
    }

    private void layer(SettingsSource source) {
        Setting named = modelOf(source);
        if (named != null) {
            // the model and its hubs go together: a flag --threads is not to trip over the hubs of
            // a file's gevent
            values.keySet().removeIf(setting -> setting.isModel() || setting.isOfHubs());
            model = named;
        }
        for (Setting setting : source.settings()) {
            source.value(setting)
                    .ifPresent(
                            text -> values.put(setting, new Value(text.strip(), source, setting)));
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
        values.forEach((setting, value) -> {
            apply(builder, setting, value);
            builder.source(setting, value.source().name() + " " + value.source().label(setting));
        });
        return builder.build();
    }

    private void requireHubsOnlyWithGevent(Setting chosen) {
        values.forEach((setting, value) -> {
            if (setting.isOfHubs() && chosen != Setting.GEVENT) {
                throw value.unlike("only together with gevent; the model is " + chosen.word());
            }
        });
    }

    private static void apply(WorkerSettings.Builder builder, Setting setting, Value value) {
        switch (setting) {
            case THREADS -> builder.threads(count(value, 1, WorkerSettings.MAX_COUNT));
            case VIRTUAL -> builder.virtual(virtualCount(value));
            case GEVENT -> builder.gevent(count(value, 1, WorkerSettings.MAX_COUNT));
            case HUBS -> builder.hubs(count(value, 1, WorkerSettings.MAX_HUBS));
            case HUB_LOOP -> builder.hubLoop(onOrOff(value));
            case LISTEN -> builder.listen(count(value, 1, WorkerSettings.MAX_COUNT));
            case QUEUE -> builder.queue(count(value, 0, WorkerSettings.MAX_COUNT));
            case QUEUE_TIMEOUT ->
                    builder.queueTimeout(duration(value, WorkerSettings.MIN_DURATION));
            case HARAKIRI -> builder.harakiri(harakiri(value));
            case MAX_BLOCKING_TIME ->
                    builder.maxBlockingTime(duration(value, WorkerSettings.MIN_DURATION));
            case RETAKE -> builder.retake(durationOrOff(value, DURATION + ", or off"));
            case DRAIN -> builder.drain(duration(value, Duration.ZERO));
        }
    }

    private static int virtualCount(Value value) {
        boolean noNumber = value.text().isEmpty() || value.text().equals("true");
        return noNumber
                ? WorkerSettings.DEFAULT_VIRTUAL
                : count(value, 1, WorkerSettings.MAX_COUNT);
    }

    private static boolean onOrOff(Value value) {
        return switch (value.text()) {
            case "on" -> true;
            case "off" -> false;
            default -> throw value.unlike("on or off");
        };
    }

    private static int count(Value value, int min, int max) {
        String expected = "a whole number from " + min + " to " + max;
        try {
            int number = Integer.parseInt(value.text());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw value.unlike(expected);
        }
        throw value.unlike(expected);
    }

    private static Duration duration(Value value, Duration min) {
        Duration parsed = Durations.parse(value.text()).orElseThrow(() -> value.unlike(DURATION));
        if (!WorkerSettings.inRange(parsed, min)) {
            throw value.unlike(WorkerSettings.expectedDuration(min));
        }
        return parsed;
    }

    /** As in uWSGI a bare number is seconds, for this one setting; all others want their unit. */
    private static @Nullable Duration harakiri(Value value) {
        String expected = "a number of seconds, " + DURATION + ", or off";
        if (value.text().matches("\\d{1,9}")) {
            Duration seconds = Duration.ofSeconds(Integer.parseInt(value.text()));
            if (!WorkerSettings.inRange(seconds, WorkerSettings.MIN_DURATION)) {
                throw value.unlike(
                        expected
                                + ", and "
                                + WorkerSettings.expectedDuration(WorkerSettings.MIN_DURATION));
            }
            return seconds;
        }
        return durationOrOff(value, expected);
    }

    private static @Nullable Duration durationOrOff(Value value, String expected) {
        if (value.text().equals("off")) {
            return null;
        }
        if (Durations.parse(value.text()).isEmpty()) {
            throw value.unlike(expected);
        }
        return duration(value, WorkerSettings.MIN_DURATION);
    }
}
