package dev.treadle.launcher;

import dev.treadle.settings.Setting;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The lines of {@code --show-config}: each option and setting, its value and its origin. */
final class ShownConfig {
    private static final Pattern SECRET = Pattern.compile("password|secret|token|credential");

    private ShownConfig() {}

    /**
     * Returns the lines, such as {@code http=:3000 (flag --http)}.
     *
     * @param given the command line
     * @param file the file of {@code --config}; null: none
     */
    static List<String> lines(
            ParseResult given, @Nullable ConfigFile file, WorkerSettings settings) {
        List<String> lines =
                given.commandSpec().options().stream()
                        .filter(option -> !option.usageHelp() && !option.versionHelp())
                        .filter(option -> Setting.of(ConfigFile.word(option)).isEmpty())
                        .filter(option -> !option.longestName().equals("--show-config"))
                        .sorted(Comparator.comparingInt(OptionSpec::order))
                        .map(option -> line(option, given, file))
                        .collect(Collectors.toCollection(ArrayList::new));
        lines.addAll(settings.describe());
        return lines;
    }

    private static String line(OptionSpec option, ParseResult given, @Nullable ConfigFile file) {
        String word = ConfigFile.word(option);
        return word
                + "="
                + shown(word, option.getValue())
                + " ("
                + origin(option, given, file)
                + ")";
    }

    private static String shown(String word, @Nullable Object value) {
        String text =
                value instanceof List<?> values
                        ? values.stream().map(String::valueOf).collect(Collectors.joining(","))
                        : value == null ? "" : value.toString();
        return SECRET.matcher(word).find() && !text.isEmpty() ? "(hidden)" : text;
    }

    private static String origin(OptionSpec option, ParseResult given, @Nullable ConfigFile file) {
        if (given.hasMatchedOption(option)) {
            return "flag " + option.longestName();
        }
        String word = ConfigFile.word(option);
        return file == null || file.option(word) == null
                ? "default"
                : "property file " + file.place(word);
    }
}
