package dev.treadle.bench.command;

import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.lang.reflect.AnnotatedElement;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what users write. Every refusal names the option, the value and what was expected. */
final class Texts {
    // parts of a second or a minute down to whole milliseconds, and no parts of those
    private static final Pattern DURATION =
            Pattern.compile("(\\d{1,7}(?:\\.\\d{1,3}(?!ms))?)(ms|s|m)");

    private Texts() {}

    /** Reads a duration such as 500ms, 0.5s, 10s or 1m. */
    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        int unit =
                switch (matcher.group(2)) {
                    case "ms" -> 1;
                    case "m" -> 60_000;
                    default -> 1_000;
                };
        BigDecimal millis = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
        return Duration.ofMillis(millis.longValueExact());
    }

    /**
     * Checks each option of the command that has a {@link Range}.
     *
     * @throws InvalidSettingException if one is outside of it
     */
    static void requireInRange(CommandSpec command) {
        for (OptionSpec option : command.options()) {
            Range range = rangeOf(option);
            if (range != null && !isIn(range, option.getValue())) {
                List<String> written = option.stringValues();
                throw new InvalidSettingException(
                        option.longestName(),
                        written.isEmpty()
                                ? Objects.toString(option.getValue())
                                : String.join(",", written),
                        expected(range, option));
            }
        }
    }

    private static @Nullable Range rangeOf(ArgSpec option) {
        return option.userObject() instanceof AnnotatedElement field
                ? field.getAnnotation(Range.class)
                : null;
    }

    private static boolean isIn(Range range, @Nullable Object value) {
        return switch (value) {
            case null -> true;
            case Integer number ->
                    number >= Integer.parseInt(range.min())
                            && number <= Integer.parseInt(range.max());
            case Duration duration ->
                    duration.compareTo(duration(range.min())) >= 0
                            && duration.compareTo(duration(range.max())) <= 0
                            && !(range.wholeSeconds() && duration.toNanosPart() != 0);
            case List<?> list -> list.stream().allMatch(one -> isIn(range, one));
            default -> throw new IllegalStateException("no range of " + value.getClass());
        };
    }

    /** Returns what is expected of an option. */
    static String expected(ArgSpec option) {
        Range range = rangeOf(option);
        return range == null ? "as in --help" : expected(range, option);
    }

    private static String expected(Range range, ArgSpec option) {
        if (option.auxiliaryTypes()[0] != Duration.class) {
            return "a whole number from %,d to %,d"
                    .formatted(Integer.parseInt(range.min()), Integer.parseInt(range.max()));
        }
        return "a duration from "
                + range.min()
                + " to "
                + range.max()
                + (range.wholeSeconds()
                        ? ", in whole seconds, such as 10s"
                        : ", such as 500ms, 0.5s, 10s or 1m");
    }

    /** Checks that words are there, and each only once. */
    static List<String> requireWords(String option, List<String> words) {
        String text = String.join(",", words);
        if (words.stream().anyMatch(String::isBlank)) {
            throw new InvalidSettingException(option, text, "words with commas between them");
        }
        if (new LinkedHashSet<>(words).size() < words.size()) {
            throw new InvalidSettingException(option, text, "each only once");
        }
        return words;
    }

    /** The same of words that are known. */
    static List<String> requireWords(String option, List<String> words, List<String> known) {
        for (String word : requireWords(option, words)) {
            if (!known.contains(word)) {
                throw new InvalidSettingException(
                        option, word, "some of " + String.join(",", known));
            }
        }
        return words;
    }
}
