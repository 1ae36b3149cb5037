package dev.treadle.settings;

import dev.treadle.internal.base.Durations;
import dev.treadle.internal.base.PathPattern;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The values that a setting can have: how their text is read and written, and which are in range.
 * An empty {@code Optional} is the text {@code off}.
 *
 * @param valueLabel what stands for a value in a help text, such as {@code N} or {@code D|off}
 * @param javaType the class of the value in the metadata of Spring Boot
 * @param reader reads a text
 * @param writer writes a text that is read as the same value
 * @param range checks a value that was read, or that was set in code
 */
record SettingType<T>(
        String valueLabel,
        String javaType,
        Reader<T> reader,
        Function<T, String> writer,
        Range<T> range) {
    /** Reads a text. */
    @FunctionalInterface
    interface Reader<T> {
        T read(String text) throws UnfitValueException;
    }

    /** Checks a value. */
    @FunctionalInterface
    interface Range<T> {
        void require(T value) throws UnfitValueException;
    }

    private static final String NUMBER = "java.lang.Integer";
    private static final String TEXT = "java.lang.String";
    private static final String DURATION = "java.time.Duration";
    private static final String LIST = "java.util.List<java.lang.String>";
    private static final String OFF = "off";

    private static final Pattern LIMIT =
            Pattern.compile("([^=:]+)=(\\d{1,9})(?::(\\d{1,9})(?::([\\w.]+))?)?");

    private static final String EXPECTED_LIMITS =
            "PATH=N, PATH=N:QUEUE or PATH=N:QUEUE:TIMEOUT, such as /checkout/*=50 or"
                    + " /checkout/*=50:100:2s, several joined by commas, each pattern or name once; N from 1 to "
                    + WorkerSettings.MAX_COUNT
                    + "; or off";

    T read(String text) throws UnfitValueException {
        T value = reader.read(text);
        range.require(value);
        return value;
    }

    String write(T value) {
        return writer.apply(value);
    }

    static SettingType<Integer> count(int min, int max) {
        String expected = "a whole number from " + min + " to " + max;
        return new SettingType<>(
                "N",
                NUMBER,
                text -> number(text, min, max, expected),
                String::valueOf,
                value -> require(value >= min && value <= max, expected));
    }

    /** A number, or nothing or {@code true} for another one. */
    static SettingType<Integer> countOr(int alone, int min, int max) {
        SettingType<Integer> count = count(min, max);
        return new SettingType<>(
                "N",
                TEXT,
                text ->
                        text.isEmpty() || text.equals("true")
                                ? (Integer) alone
                                : count.reader().read(text),
                String::valueOf,
                count.range());
    }

    static SettingType<Boolean> onOrOff() {
        return new SettingType<>(
                "on|off",
                TEXT,
                text ->
                        switch (text) {
                            case "on" -> true;
                            case OFF -> false;
                            default -> throw new UnfitValueException("on or off");
                        },
                value -> value ? "on" : OFF,
                value -> {});
    }

    static SettingType<QueueOrder> queueOrder() {
        return new SettingType<>(
                "fifo|adaptive-lifo",
                TEXT,
                text ->
                        Stream.of(QueueOrder.values())
                                .filter(order -> order.word().equals(text))
                                .findAny()
                                .orElseThrow(
                                        () -> new UnfitValueException("fifo or adaptive-lifo")),
                QueueOrder::word,
                value -> {});
    }

    static SettingType<Duration> duration(Duration min) {
        String expected = WorkerSettings.expectedDuration(min);
        return new SettingType<>(
                "D",
                DURATION,
                text -> duration(text, expected),
                Durations::format,
                value -> require(WorkerSettings.inRange(value, min), expected));
    }

    static SettingType<Duration> wholeSeconds() {
        SettingType<Duration> duration = duration(Duration.ZERO);
        return new SettingType<>(
                "D",
                DURATION,
                duration.reader(),
                duration.writer(),
                value -> {
                    duration.range().require(value);
                    require(
                            value.toNanosPart() == 0,
                            "whole seconds, as in the HTTP header Retry-After");
                });
    }

    static SettingType<Optional<Duration>> durationOrOff(Duration min) {
        String expected = WorkerSettings.expectedDuration(min) + ", or off";
        return new SettingType<>(
                "D|off",
                DURATION,
                text -> text.equals(OFF) ? Optional.empty() : Optional.of(duration(text, expected)),
                value -> value.map(Durations::format).orElse(OFF),
                value ->
                        require(
                                value.isEmpty() || WorkerSettings.inRange(value.get(), min),
                                expected));
    }

    static SettingType<List<String>> priorityPaths() {
        return new SettingType<>(
                "PATH",
                LIST,
                SettingType::parts,
                SettingType::joined,
                value ->
                        require(
                                value.stream().allMatch(PathPattern::isOneOfPriority),
                                PathPattern.EXPECTED_OF_PRIORITY
                                        + "; several are joined by commas; or off"));
    }

    static SettingType<Optional<String>> path() {
        return new SettingType<>(
                "PATH",
                TEXT,
                text -> text.equals(OFF) ? Optional.empty() : Optional.of(text),
                value -> value.orElse(OFF),
                value ->
                        require(
                                value.isEmpty()
                                        || (value.get().startsWith("/")
                                                && value.get().indexOf('*') < 0),
                                "a path that begins with a slash, such as /-/ready, or off"));
    }

    /** {@link LimitSettings} checks what the pattern does not say. */
    static SettingType<List<WorkerSettings.LimitDraft>> limits() {
        return new SettingType<>(
                "PATH=N[:QUEUE[:D]]",
                LIST,
                SettingType::readLimits,
                value -> joined(value.stream().map(WorkerSettings.LimitDraft::toString).toList()),
                value -> {});
    }

    private static List<WorkerSettings.LimitDraft> readLimits(String text)
            throws UnfitValueException {
        List<WorkerSettings.LimitDraft> limits = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String part : parts(text)) {
            Matcher matcher = LIMIT.matcher(part);
            require(matcher.matches(), EXPECTED_LIMITS);
            String name = matcher.group(1);
            require(LimitSettings.isName(name) && names.add(name), EXPECTED_LIMITS);
            String queue = matcher.group(3);
            String timeout = matcher.group(4);
            limits.add(
                    new WorkerSettings.LimitDraft(
                            name,
                            limitNumber(matcher.group(2), 1),
                            queue == null ? null : limitNumber(queue, 0),
                            timeout == null ? null : limitTimeout(timeout)));
        }
        return limits;
    }

    private static int limitNumber(String text, int min) throws UnfitValueException {
        return number(text, min, WorkerSettings.MAX_COUNT, EXPECTED_LIMITS);
    }

    private static Duration limitTimeout(String text) throws UnfitValueException {
        Duration read = duration(text, EXPECTED_LIMITS);
        require(WorkerSettings.inRange(read, WorkerSettings.MIN_DURATION), EXPECTED_LIMITS);
        return read;
    }

    private static List<String> parts(String text) {
        return text.equals(OFF)
                ? List.of()
                : Stream.of(text.split(",", -1)).map(String::strip).toList();
    }

    private static String joined(List<String> parts) {
        return parts.isEmpty() ? OFF : String.join(",", parts);
    }

    private static int number(String text, int min, int max, String expected)
            throws UnfitValueException {
        try {
            int number = Integer.parseInt(text);
            require(number >= min && number <= max, expected);
            return number;
        } catch (NumberFormatException notANumber) {
            throw new UnfitValueException(expected);
        }
    }

    private static Duration duration(String text, String expected) throws UnfitValueException {
        return Durations.parse(text).orElseThrow(() -> new UnfitValueException(expected));
    }

    private static void require(boolean fits, String expected) throws UnfitValueException {
        if (!fits) {
            throw new UnfitValueException(expected);
        }
    }
}
