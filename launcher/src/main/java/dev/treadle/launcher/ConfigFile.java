package dev.treadle.launcher;

import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.settings.SettingsSource;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The file of {@code --config}: settings and options of the command, such as {@code
 * treadle.gevent=1000} and {@code treadle.http=:3000}, in the format of {@link Properties} and in
 * UTF-8. An option that may be repeated has its values joined by commas; one without a value is
 * {@code true} or {@code false}. Immutable.
 */
final class ConfigFile {
    private static final String EXPECTED =
            "a file that can be read, in UTF-8, with lines such as treadle.gevent=1000";

    /** These make no sense in the file. */
    private static final Set<String> NOT_HERE = Set.of("config", "help", "version", "show-config");

    private final Path path;
    private final Map<String, Entry> entries;

    /** One line. */
    private record Entry(String value, int line) {}

    private ConfigFile(Path path, Map<String, Entry> entries) {
        this.path = path;
        this.entries = entries;
    }

    /**
     * Reads a file.
     *
     * @param name the file, as the user has written it
     * @param command whose options may stand there
     * @throws InvalidSettingException if the file cannot be read, a key is not known or is there
     *     twice
     */
    static ConfigFile read(String name, CommandSpec command) {
        Path path = path(name);
        ConfigFile file = new ConfigFile(path, entries(path, lines(path)));
        file.requireKnown(command);
        return file;
    }

    private static Path path(String name) {
        try {
            Path file = Path.of(name).toAbsolutePath().normalize();
            if (Files.isRegularFile(file) && Files.isReadable(file)) {
                return file;
            }
        } catch (InvalidPathException noPath) {
            throw new InvalidSettingException("--config", name, EXPECTED);
        }
        throw new InvalidSettingException("--config", name, EXPECTED);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new InvalidSettingException("--config", file + " (" + unreadable + ")", EXPECTED);
        }
    }

    private static Map<String, Entry> entries(Path path, List<String> lines) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            int first = i + 1;
            StringBuilder logical = new StringBuilder(lines.get(i));
            boolean comment = lines.get(i).strip().startsWith("#");
            while (!comment && goesOn(logical) && i + 1 < lines.size()) {
                i++;
                logical.append('\n').append(lines.get(i));
            }
            parse(path, first, logical.toString())
                    .forEach((key, value) -> {
                        if (entries.put(key.toString(), new Entry(value.toString(), first))
                                != null) {
                            throw new InvalidSettingException(
                                    key + place(path, first), value.toString(), "each name once");
                        }
                    });
        }
        return entries;
    }

    /** Whether the line ends with an odd number of backslashes. */
    private static boolean goesOn(CharSequence line) {
        int count = 0;
        while (count < line.length() && line.charAt(line.length() - 1 - count) == '\\') {
            count++;
        }
        return count % 2 == 1;
    }

    private static Properties parse(Path path, int line, String text) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IOException | IllegalArgumentException malformed) {
            throw new InvalidSettingException(
                    "--config",
                    path + ", line " + line + " (" + malformed.getMessage() + ")",
                    EXPECTED);
        }
        return properties;
    }

    private static String place(Path path, int line) {
        return " in " + path + ", line " + line;
    }

    private void requireKnown(CommandSpec command) {
        Map<String, OptionSpec> options =
                command.options().stream()
                        .filter(option -> !NOT_HERE.contains(word(option)))
                        .collect(Collectors.toMap(ConfigFile::word, option -> option));
        entries.forEach((key, entry) -> {
            String word =
                    key.startsWith(Setting.PROPERTY_PREFIX)
                            ? key.substring(Setting.PROPERTY_PREFIX.length())
                            : "";
            OptionSpec option = options.get(word);
            if (option == null) {
                throw InvalidSettingException.unknownName(
                        key + place(path, entry.line()),
                        entry.value(),
                        options.keySet().stream()
                                .map(each -> Setting.PROPERTY_PREFIX + each)
                                .sorted()
                                .toList());
            }
            if (isSwitch(option) && !entry.value().matches("true|false")) {
                throw new InvalidSettingException(
                        key + place(path, entry.line()), entry.value(), "true or false");
            }
        });
    }

    /** Whether an option has no value on the command line. */
    static boolean isSwitch(OptionSpec option) {
        return option.arity().max() == 0;
    }

    /** Returns the name of an option without its dashes. */
    static String word(OptionSpec option) {
        return option.longestName().replaceFirst("^-+", "");
    }

    /** Returns the value of an option that is no setting; null: it is not there. */
    @Nullable String option(String word) {
        Entry entry = entries.get(Setting.PROPERTY_PREFIX + word);
        return entry == null || Setting.of(word).isPresent() ? null : entry.value();
    }

    /** Returns where an option stands, for a message; null: it is not there. */
    @Nullable String place(String word) {
        String key = Setting.PROPERTY_PREFIX + word;
        Entry entry = entries.get(key);
        return entry == null ? null : key + place(path, entry.line());
    }

    /** Returns the settings. */
    SettingsSource settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        entries.forEach((key, entry) -> {
            if (option(key.substring(Setting.PROPERTY_PREFIX.length())) == null) {
                settings.put(key, entry.value());
            }
        });
        return SettingsSource.properties("property file " + path, settings);
    }

    /**
     * Checks that no option has changed.
     *
     * @param other the file as it was at the start
     * @throws InvalidSettingException if one has
     */
    void requireSameOptions(ConfigFile other) {
        List<String> words = new ArrayList<>(entries.keySet());
        words.addAll(other.entries.keySet());
        for (String key : words) {
            String word = key.substring(Setting.PROPERTY_PREFIX.length());
            String now = option(word);
            String before = other.option(word);
            if (!String.valueOf(now).equals(String.valueOf(before))) {
                throw new InvalidSettingException(
                        key,
                        now == null ? "removed" : now,
                        (before == null ? "not there" : before)
                                + ", as at the start: it takes effect only when a server starts");
            }
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
