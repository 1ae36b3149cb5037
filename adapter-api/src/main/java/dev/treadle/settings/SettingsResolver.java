package dev.treadle.settings;

import dev.treadle.internal.base.Durations;
import dev.treadle.internal.base.PathPattern;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Turns layered text into {@link WorkerSettings}: which value wins, and what each text means. */
final class SettingsResolver {
    /** A value that won, with the source it stands in, so that a message can name both. */
    private record Value(String text, SettingsSource source, Setting setting) {
        InvalidSettingException unlike(String expected) {
            return new InvalidSettingException(source.label(setting), text, expected);
        }
    }

    private static final Pattern LIMIT =
            Pattern.compile("([^=:]+)=(\\d{1,9})(?::(\\d{1,9})(?::([\\w.]+))?)?");

    private static final String LIMIT_EXPECTED =
            "PATH=N, PATH=N:QUEUE or PATH=N:QUEUE:TIMEOUT, such as /checkout/*=50 or"
                    + " /checkout/*=50:100:2s, several joined by commas, each pattern or name once; N from 1 to "
                    + WorkerSettings.MAX_COUNT
                    + "; or off";

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
            builder.source(setting, value.source().origin(setting));
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
            case QUEUE_ORDER -> builder.queueOrder(queueOrder(value));
            case REFUSE_STATUS ->
                    builder.refuseStatus(
                            count(value, WorkerSettings.MIN_STATUS, WorkerSettings.MAX_STATUS));
            case RETRY_AFTER -> builder.retryAfter(wholeSeconds(value));
            case PRIORITY_PATH -> builder.priorityPaths(paths(value));
            case READY_PATH -> builder.readyPath(readyPath(value));
            case LIMIT -> limits(value).forEach(builder::limit);
            case STREAMS -> builder.streams(count(value, 0, WorkerSettings.MAX_COUNT));
            case HARAKIRI -> builder.harakiri(durationOrOff(value));
            case HARAKIRI_QUEUE_THRESHOLD ->
                    builder.harakiriQueueThreshold(count(value, 0, WorkerSettings.MAX_COUNT));
            case MAX_BLOCKING_TIME ->
                    builder.maxBlockingTime(duration(value, WorkerSettings.MIN_DURATION));
            case RETAKE -> builder.retake(durationOrOff(value));
            case DRAIN -> builder.drain(duration(value, Duration.ZERO));
            case DRAIN_DELAY -> builder.drainDelay(duration(value, Duration.ZERO));
            case REUSE_PORT -> builder.reusePort(onOrOff(value));
        }
    }

    private static QueueOrder queueOrder(Value value) {
        for (QueueOrder order : QueueOrder.values()) {
            if (order.word().equals(value.text())) {
                return order;
            }
        }
        throw value.unlike("fifo or adaptive-lifo");
    }

    private static Duration wholeSeconds(Value value) {
        Duration parsed = duration(value, Duration.ZERO);
        if (parsed.toNanosPart() != 0) {
            throw value.unlike("whole seconds, as in the HTTP header Retry-After");
        }
        return parsed;
    }

    private static List<String> paths(Value value) {
        List<String> paths = parts(value);
        for (String path : paths) {
            if (!PathPattern.isOneOfPriority(path)) {
                throw value.unlike(
                        PathPattern.EXPECTED_OF_PRIORITY
                                + "; several are joined by commas; or off");
            }
        }
        return paths;
    }

    private static List<String> parts(Value value) {
        return value.text().equals("off")
                ? List.of()
                : Stream.of(value.text().split(",", -1)).map(String::strip).toList();
    }

    private static @Nullable String readyPath(Value value) {
        if (value.text().equals("off")) {
            return null;
        }
        if (!value.text().startsWith("/") || value.text().indexOf('*') >= 0) {
            throw value.unlike(WorkerSettings.EXPECTED_READY_PATH + ", or off");
        }
        return value.text();
    }

    private static List<WorkerSettings.LimitDraft> limits(Value value) {
        List<WorkerSettings.LimitDraft> limits = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String part : parts(value)) {
            Matcher matcher = LIMIT.matcher(part);
            if (!matcher.matches()) {
                throw value.unlike(LIMIT_EXPECTED);
            }
            String name = matcher.group(1);
            String queue = matcher.group(3);
            String timeout = matcher.group(4);
            if (!LimitSettings.isName(name) || !names.add(name)) {
                throw value.unlike(LIMIT_EXPECTED);
            }
            limits.add(
                    new WorkerSettings.LimitDraft(
                            name,
                            number(value, matcher.group(2), 1, LIMIT_EXPECTED),
                            queue == null ? null : number(value, queue, 0, LIMIT_EXPECTED),
                            timeout == null ? null : limitTimeout(value, timeout)));
        }
        return limits;
    }

    private static Duration limitTimeout(Value value, String text) {
        return Durations.parse(text)
                .filter(parsed -> WorkerSettings.inRange(parsed, WorkerSettings.MIN_DURATION))
                .orElseThrow(() -> value.unlike(LIMIT_EXPECTED));
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
        return number(value, value.text(), min, max, "a whole number from " + min + " to " + max);
    }

    private static int number(Value value, String text, int min, String expected) {
        return number(value, text, min, WorkerSettings.MAX_COUNT, expected);
    }

    private static int number(Value value, String text, int min, int max, String expected) {
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw value.unlike(expected);
        }
        throw value.unlike(expected);
    }

    private static Duration duration(Value value, Duration min) {
        return duration(value, min, "");
    }

    private static Duration duration(Value value, Duration min, String orElse) {
        return Durations.parse(value.text())
                .filter(parsed -> WorkerSettings.inRange(parsed, min))
                .orElseThrow(() -> value.unlike(WorkerSettings.expectedDuration(min) + orElse));
    }

    private static @Nullable Duration durationOrOff(Value value) {
        return value.text().equals("off")
                ? null
                : duration(value, WorkerSettings.MIN_DURATION, ", or off");
    }
}
