package dev.treadle.bench.command;

import dev.treadle.settings.InvalidSettingException;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what users write. Every refusal names the option, the value and what was expected. */
final class Texts {
    // parts of a second or a minute down to whole milliseconds, and no parts of those
    private static final Pattern DURATION =
            Pattern.compile("(\\d{1,7}(?:\\.\\d{1,3}(?!ms))?)(ms|s|m)");

    private Texts() {}

    static int count(String option, String text, int min, int max) {
        if (text.matches("\\d{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        }
        throw new InvalidSettingException(
                option, text, "a whole number from %,d to %,d".formatted(min, max));
    }

    static List<Integer> counts(String option, String text, int min, int max) {
        List<Integer> numbers = new ArrayList<>();
        for (String word : words(option, text)) {
            numbers.add(count(option, word, min, max));
        }
        return numbers;
    }

    static Duration duration(String option, String text, Duration min, Duration max) {
        Matcher matcher = DURATION.matcher(text);
        if (matcher.matches()) {
            int unit =
                    switch (matcher.group(2)) {
                        case "ms" -> 1;
                        case "m" -> 60_000;
                        default -> 1_000;
                    };
            BigDecimal millis = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
            Duration duration = Duration.ofMillis(millis.longValueExact());
            if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
                return duration;
            }
        }
        throw new InvalidSettingException(
                option,
                text,
                "a duration from "
                        + shown(min)
                        + " to "
                        + shown(max)
                        + ", such as 500ms, 0.5s, 10s or 1m");
    }

    /** Returns a duration of whole seconds. */
    static Duration seconds(String option, String text, Duration min, Duration max) {
        Duration duration = duration(option, text, min, max);
        if (duration.toNanosPart() != 0) {
            throw new InvalidSettingException(option, text, "whole seconds, such as 10s");
        }
        return duration;
    }

    private static String shown(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    /** Returns words with commas between them, without repetition. */
    static List<String> words(String option, String text) {
        List<String> words = List.of(text.split(",", -1));
        if (words.stream().anyMatch(String::isBlank)) {
            throw new InvalidSettingException(option, text, "words with commas between them");
        }
        if (new LinkedHashSet<>(words).size() < words.size()) {
            throw new InvalidSettingException(option, text, "each only once");
        }
        return words;
    }

    static List<String> words(String option, String text, List<String> known) {
        List<String> words = words(option, text);
        for (String word : words) {
            if (!known.contains(word)) {
                throw new InvalidSettingException(
                        option, word, "some of " + String.join(",", known));
            }
        }
        return words;
    }
}
