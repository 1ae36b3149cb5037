package dev.treadle.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * One place that settings come from, with its values still as text: a property file, the
 * environment, the system properties, a framework's properties, the attributes of an XML element or
 * the flags of a command line. {@link WorkerSettings#resolve} layers them.
 *
 * <p>Immutable, so safe for any thread.
 *
 * @since 0.2.0
 */
public final class SettingsSource {
    private final String name;
    private final Function<Setting, String> label;
    private final Map<Setting, String> values;

    private SettingsSource(
            String name, Function<Setting, String> label, Map<Setting, String> values) {
        this.name = name;
        this.label = label;
        this.values = values;
    }

    /**
     * Flags of a command line.
     *
     * @param flags value by plain name, such as {@code queue-timeout}; a flag without value has the
     *     empty string
     * @throws InvalidSettingException if a name is not known
     */
    public static SettingsSource flags(Map<String, String> flags) {
        return new SettingsSource(
                "flag", Setting::flag, strict(flags, "", Setting::flag, "--", ""));
    }

    /**
     * Properties of a framework or an embedding program.
     *
     * @param name the name of this source in messages and in the start line, such as {@code Spring
     *     property}
     * @param properties value by key; keys without the prefix {@code treadle.} belong to other
     *     software and are ignored
     * @throws InvalidSettingException if a key with the prefix is not known
     */
    public static SettingsSource properties(String name, Map<String, String> properties) {
        return properties(name, properties, "");
    }

    private static SettingsSource properties(
            String name, Map<String, String> properties, String place) {
        return new SettingsSource(
                name,
                Setting::property,
                strict(properties, Setting.PROPERTY_PREFIX, Setting::property, "", place));
    }

    /**
     * Attributes of an element in the configuration file of a container.
     *
     * @param element the name of the element in messages, such as {@code TreadleListener}
     * @param attributes value by plain name, such as {@code queue-timeout}
     * @throws InvalidSettingException if a name is not known
     */
    public static SettingsSource attributes(String element, Map<String, String> attributes) {
        String place = " of " + element;
        return new SettingsSource(
                "attribute",
                setting -> setting.word() + place,
                strict(attributes, "", Setting::word, "", place));
    }

    /**
     * Arguments that are no flags of a command line, such as those of a Java agent.
     *
     * @param owner what they are arguments of, in messages, such as {@code the agent}
     * @param arguments value by plain name, such as {@code queue-timeout}; an argument without
     *     value has the empty string
     * @throws InvalidSettingException if a name is not known
     */
    public static SettingsSource arguments(String owner, Map<String, String> arguments) {
        String place = " of " + owner;
        return new SettingsSource(
                "argument",
                setting -> setting.word() + place,
                strict(arguments, "", Setting::word, "", place));
    }

    /**
     * The system properties of this JVM, or a stand-in for them.
     *
     * @throws InvalidSettingException if a key with the prefix {@code treadle.} is not known
     */
    public static SettingsSource systemProperties(Properties properties) {
        return properties("system property", toMap(properties));
    }

    /**
     * A property file (the format of {@link Properties}, in UTF-8), whose keys all begin with
     * {@code treadle.}.
     *
     * @throws IOException if the file cannot be read
     * @throws InvalidSettingException if a key is not known
     */
    public static SettingsSource propertyFile(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, String> map = toMap(properties);
        for (Map.Entry<String, String> entry : map.entrySet()) {
            if (!entry.getKey().startsWith(Setting.PROPERTY_PREFIX)) {
                throw InvalidSettingException.unknownName(
                        entry.getKey() + " in " + file, entry.getValue(), names(Setting::property));
            }
        }
        return properties("property file " + file, map, " in " + file);
    }

    /**
     * The environment. Variables that others set are passed over ({@link
     * Setting#isForeignVariable}).
     *
     * @param environment usually {@link System#getenv()}
     * @throws InvalidSettingException if a name begins with {@code TREADLE_} and is not known
     */
    public static SettingsSource environment(Map<String, String> environment) {
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            String value = environment.get(setting.variable());
            if (value != null) {
                values.put(setting, value);
            }
        }
        List<String> known = names(Setting::variable);
        new TreeMap<>(environment)
                .forEach((name, value) -> {
                    if (name.startsWith(Setting.VARIABLE_PREFIX)
                            && !known.contains(name)
                            && !Setting.isForeignVariable(name, value)) {
                        throw InvalidSettingException.unknownName(name, value, known);
                    }
                });
        return new SettingsSource("environment", Setting::variable, values);
    }

    private static Map<String, String> toMap(Properties properties) {
        Map<String, String> map = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            map.put(key, properties.getProperty(key));
        }
        return map;
    }

    /**
     * @param prefix of the keys that are meant for Treadle
     * @param written the text that the user has written in front of such a key
     * @param place where a name stands, if the name does not tell; begins with a space
     */
    private static Map<Setting, String> strict(
            Map<String, String> map,
            String prefix,
            Function<Setting, String> label,
            String written,
            String place) {
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        map.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                Setting setting =
                        Setting.of(key.substring(prefix.length()))
                                .orElseThrow(() ->
                                        InvalidSettingException.unknownName(
                                                written + key + place, value, names(label)));
                values.put(setting, value);
            }
        });
        return values;
    }

    private static List<String> names(Function<Setting, String> label) {
        return Arrays.stream(Setting.values()).map(label).toList();
    }

    /** Returns what this source is called in messages, such as {@code environment}. */
    public String name() {
        return name;
    }

    Set<Setting> settings() {
        return values.keySet();
    }

    Optional<String> value(Setting setting) {
        return Optional.ofNullable(values.get(setting));
    }

    /** Settings that were read before, each with the source it was from. */
    static SettingsSource present(Map<Setting, String> values, Map<Setting, String> origins) {
        return new SettingsSource(
                "", setting -> origins.getOrDefault(setting, setting.word()), values);
    }

    /** Changes by plain names. */
    static SettingsSource changes(String name, Map<String, String> changes) {
        return new SettingsSource(name, Setting::word, strict(changes, "", Setting::word, "", ""));
    }

    /** Returns the origin of a setting of this source, such as {@code flag --gevent}. */
    String origin(Setting setting) {
        return (name + " " + label(setting)).strip();
    }

    /** The setting's name in this source, such as {@code TREADLE_GEVENT}. */
    String label(Setting setting) {
        return label.apply(setting);
    }

    @Override
    public String toString() {
        return name + " " + values;
    }
}
