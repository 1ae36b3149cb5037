package dev.treadle.settings;

import dev.treadle.internal.base.Durations;
import dev.treadle.internal.base.PathPattern;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The values that a setting can have: how their text is read and written, and which are in range.
 * An empty {@code Optional} is the text {@code off}. Classes and no functions, for each function
 * costs a start more (see {@link SettingValues}); and the text of a mistake is made for a mistake.
 */
abstract class SettingType<T> {
    private static final String NUMBER = "java.lang.Integer";
    private static final String TEXT = "java.lang.String";
    private static final String DURATION = "java.time.Duration";
    private static final String LIST = "java.util.List<java.lang.String>";
    static final String OFF = "off";

    private final String valueLabel;
    private final String javaType;

    private SettingType(String valueLabel, String javaType) {
        this.valueLabel = valueLabel;
        this.javaType = javaType;
    }

    /** Returns what stands for a value in a help text, such as {@code N} or {@code D|off}. */
    final String valueLabel() {
        return valueLabel;
    }

    /** Returns the class of the value in the metadata of Spring Boot. */
    final String javaType() {
        return javaType;
    }

    /** Reads a text. The value may be out of range. */
    abstract T read(String text) throws UnfitValueException;

    /** Writes a text that is read as the same value. */
    abstract String write(T value);

    /** Checks a value that was read, or that was set in code. */
    void require(T value) throws UnfitValueException {}

    static SettingType<Integer> count(int min, int max) {
        return new Count(NUMBER, null, min, max);
    }

    /** A number, or nothing or {@code true} for another one. */
    static SettingType<Integer> countOr(int alone, int min, int max) {
        return new Count(TEXT, alone, min, max);
    }

    static SettingType<Boolean> onOrOff() {
        return new OnOrOff();
    }

    static SettingType<QueueOrder> queueOrder() {
        return new Order();
    }

    static SettingType<Duration> duration(Duration min) {
        return new Time(min, false);
    }

    static SettingType<Duration> wholeSeconds() {
        return new Time(Duration.ZERO, true);
    }

    static SettingType<Optional<Duration>> durationOrOff(Duration min) {
        return new TimeOrOff(min);
    }

    static SettingType<List<String>> priorityPaths() {
        return new PriorityPaths();
    }

    static SettingType<Optional<String>> path() {
        return new PathOrOff();
    }

    /** {@link LimitSettings} checks what the pattern does not say. */
    static SettingType<List<WorkerSettings.LimitDraft>> limits() {
        return new Limits();
    }

    static List<String> parts(String text) {
        if (text.equals(OFF)) {
            return List.of();
        }
        List<String> parts = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            parts.add(part.strip());
        }
        return parts;
    }

    private static String joined(List<String> parts) {
        return parts.isEmpty() ? OFF : String.join(",", parts);
    }

    private static final class Count extends SettingType<Integer> {
        private final @Nullable Integer alone;
        private final int min;
        private final int max;

        Count(String javaType, @Nullable Integer alone, int min, int max) {
            super("N", javaType);
            this.alone = alone;
            this.min = min;
            this.max = max;
        }

        @Override
        Integer read(String text) throws UnfitValueException {
            if (alone != null && (text.isEmpty() || text.equals("true"))) {
                return alone;
            }
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException notANumber) {
                throw unfit();
            }
        }

        @Override
        String write(Integer value) {
            return String.valueOf(value);
        }

        @Override
        void require(Integer value) throws UnfitValueException {
            if (value < min || value > max) {
                throw unfit();
            }
        }

        private UnfitValueException unfit() {
            return new UnfitValueException("a whole number from " + min + " to " + max);
        }
    }

    private static final class OnOrOff extends SettingType<Boolean> {
        OnOrOff() {
            super("on|off", TEXT);
        }

        @Override
        Boolean read(String text) throws UnfitValueException {
            return switch (text) {
                case "on" -> true;
                case OFF -> false;
                default -> throw new UnfitValueException("on or off");
            };
        }

        @Override
        String write(Boolean value) {
            return value ? "on" : OFF;
        }
    }

    private static final class Order extends SettingType<QueueOrder> {
        Order() {
            super("fifo|adaptive-lifo", TEXT);
        }

        @Override
        QueueOrder read(String text) throws UnfitValueException {
            for (QueueOrder order : QueueOrder.values()) {
                if (order.word().equals(text)) {
                    return order;
                }
            }
            throw new UnfitValueException("fifo or adaptive-lifo");
        }

        @Override
        String write(QueueOrder value) {
            return value.word();
        }
    }

    private static final class Time extends SettingType<Duration> {
        private final Duration min;
        private final boolean wholeSeconds;

        Time(Duration min, boolean wholeSeconds) {
            super("D", DURATION);
            this.min = min;
            this.wholeSeconds = wholeSeconds;
        }

        @Override
        Duration read(String text) throws UnfitValueException {
            Optional<Duration> read = Durations.parse(text);
            if (read.isEmpty()) {
                throw unfit();
            }
            return read.get();
        }

        @Override
        String write(Duration value) {
            return Durations.format(value);
        }

        @Override
        void require(Duration value) throws UnfitValueException {
            if (!WorkerSettings.inRange(value, min)) {
                throw unfit();
            }
            if (wholeSeconds && value.toNanosPart() != 0) {
                throw new UnfitValueException("whole seconds, as in the HTTP header Retry-After");
            }
        }

        private UnfitValueException unfit() {
            return new UnfitValueException(WorkerSettings.expectedDuration(min));
        }
    }

    private static final class TimeOrOff extends SettingType<Optional<Duration>> {
        private final Duration min;

        TimeOrOff(Duration min) {
            super("D|off", DURATION);
            this.min = min;
        }

        @Override
        Optional<Duration> read(String text) throws UnfitValueException {
            if (text.equals(OFF)) {
                return Optional.empty();
            }
            Optional<Duration> read = Durations.parse(text);
            if (read.isEmpty()) {
                throw unfit();
            }
            return read;
        }

        @Override
        String write(Optional<Duration> value) {
            return Durations.formatOrOff(value.orElse(null));
        }

        @Override
        void require(Optional<Duration> value) throws UnfitValueException {
            if (value.isPresent() && !WorkerSettings.inRange(value.get(), min)) {
                throw unfit();
            }
        }

        private UnfitValueException unfit() {
            return new UnfitValueException(WorkerSettings.expectedDuration(min) + ", or off");
        }
    }

    private static final class PriorityPaths extends SettingType<List<String>> {
        PriorityPaths() {
            super("PATH", LIST);
        }

        @Override
        List<String> read(String text) {
            return parts(text);
        }

        @Override
        String write(List<String> value) {
            return joined(value);
        }

        @Override
        void require(List<String> value) throws UnfitValueException {
            for (String path : value) {
                if (!PathPattern.isOneOfPriority(path)) {
                    throw new UnfitValueException(
                            PathPattern.EXPECTED_OF_PRIORITY
                                    + "; several are joined by commas; or off");
                }
            }
        }
    }

    private static final class PathOrOff extends SettingType<Optional<String>> {
        PathOrOff() {
            super("PATH", TEXT);
        }

        @Override
        Optional<String> read(String text) {
            return text.equals(OFF) ? Optional.empty() : Optional.of(text);
        }

        @Override
        String write(Optional<String> value) {
            return value.orElse(OFF);
        }

        @Override
        void require(Optional<String> value) throws UnfitValueException {
            if (value.isPresent()
                    && (!value.get().startsWith("/") || value.get().indexOf('*') >= 0)) {
                throw new UnfitValueException(
                        "a path that begins with a slash, such as /-/ready, or off");
            }
        }
    }

    private static final class Limits extends SettingType<List<WorkerSettings.LimitDraft>> {
        Limits() {
            super("PATH=N[:QUEUE[:D]]", LIST);
        }

        @Override
        List<WorkerSettings.LimitDraft> read(String text) throws UnfitValueException {
            return LimitTexts.read(text);
        }

        @Override
        String write(List<WorkerSettings.LimitDraft> value) {
            List<String> texts = new ArrayList<>();
            for (WorkerSettings.LimitDraft draft : value) {
                texts.add(draft.toString());
            }
            return joined(texts);
        }
    }
}
