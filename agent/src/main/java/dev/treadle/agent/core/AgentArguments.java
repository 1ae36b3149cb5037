package dev.treadle.agent.core;

import dev.treadle.agent.ExecutorPatterns;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.settings.SettingsSource;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The arguments of the agent, such as {@code gevent=1000,queue=500}. A comma ends an argument. So a
 * setting with several values is written once for each, such as {@code
 * priority-path=/healthz,priority-path=/probes/*}.
 *
 * @param settings value by plain name
 * @param config the file of {@code config}; null: none
 * @param strict whether {@code strict=true} is there
 * @param pools the classes of {@code monkey-patch=executors}; null: it is not there
 */
record AgentArguments(
        Map<String, String> settings,
        @Nullable Path config,
        boolean strict,
        @Nullable ExecutorPatterns pools) {
    private static final String OWNER = "the agent";
    static final String PLACE = " of " + OWNER;
    private static final String CONFIG = "config";
    private static final String STRICT = "strict";
    private static final List<String> OTHERS = others();
    private static final String FILE =
            "a file that can be read, in UTF-8, with lines such as treadle.gevent=1000";

    /**
     * @throws InvalidSettingException if an argument is not known or is there twice
     */
    static AgentArguments parse(String text) {
        Map<String, String> settings = new LinkedHashMap<>();
        Map<String, String> others = new LinkedHashMap<>();
        Map<String, List<String>> patterns = new LinkedHashMap<>();
        for (String argument : text.isBlank() ? new String[0] : text.split(",", -1)) {
            String[] parts = argument.strip().split("=", 2);
            String name = parts[0].strip();
            Setting setting = Setting.of(name).orElse(null);
            if (setting != null) {
                String value = parts.length == 1 ? valueAlone(setting) : parts[1];
                String before = settings.get(name);
                settings.put(name, before == null ? value : joined(setting, before, value));
            } else if (parts.length == 2 && OTHERS.contains(name)) {
                if (PatchArguments.isRepeatable(name)) {
                    patterns.computeIfAbsent(name, none -> new ArrayList<>()).add(parts[1]);
                } else if (others.put(name, parts[1]) != null) {
                    throw twice(name, parts[1]);
                }
            } else {
                throw unknown(name, parts.length == 1 ? null : parts[1]);
            }
        }
        return new AgentArguments(
                settings,
                config(others.get(CONFIG)),
                strict(others.get(STRICT)),
                PatchArguments.parse(others.get(PatchArguments.PATCH), patterns));
    }

    private static String valueAlone(Setting setting) {
        return setting.valueAlone()
                .orElseThrow(() ->
                        new InvalidSettingException(
                                setting.word() + PLACE,
                                "",
                                setting.word() + "=" + setting.valueLabel()));
    }

    private static String joined(Setting setting, String before, String next) {
        if (!setting.isRepeatable()) {
            throw twice(setting.word(), next);
        }
        return before + "," + next;
    }

    private static InvalidSettingException twice(String name, String next) {
        return new InvalidSettingException(name + PLACE, next, "each name once");
    }

    private static List<String> others() {
        List<String> others = new ArrayList<>(List.of(CONFIG, STRICT));
        others.addAll(PatchArguments.names());
        return others;
    }

    private static InvalidSettingException unknown(String name, @Nullable String value) {
        if (name.isEmpty()) {
            return new InvalidSettingException(
                    "argument" + PLACE, "", "name=value, with a comma between two");
        }
        return InvalidSettingException.unknownName(name + PLACE, value, names());
    }

    /** Returns the names of all arguments. */
    static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            names.add(setting.word());
        }
        names.addAll(OTHERS);
        return names;
    }

    private static boolean strict(@Nullable String text) {
        if (text == null) {
            return false;
        }
        return switch (text.strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new InvalidSettingException(STRICT + PLACE, text, "true or false");
        };
    }

    private static @Nullable Path config(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            Path file = Path.of(text.strip());
            if (Files.isRegularFile(file) && Files.isReadable(file)) {
                return file;
            }
        } catch (InvalidPathException noPath) {
            throw new InvalidSettingException(CONFIG + PLACE, text, FILE);
        }
        throw new InvalidSettingException(CONFIG + PLACE, text, FILE);
    }

    SettingsSource source() {
        return SettingsSource.arguments(OWNER, settings);
    }

    /**
     * @throws InvalidSettingException if the file cannot be read, or has a name that is not known
     */
    Optional<SettingsSource> file() {
        if (config == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(SettingsSource.propertyFile(config));
        } catch (InvalidSettingException invalid) {
            throw invalid;
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new InvalidSettingException(
                    CONFIG + PLACE, config + " (" + unreadable + ")", FILE);
        }
    }
}
