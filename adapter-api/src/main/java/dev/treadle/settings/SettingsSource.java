package dev.treadle.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

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
    /** How a source writes the name of a setting. No function, see {@link SettingValues}. */
    private enum Naming {
        WORD,
        FLAG,
        PROPERTY,
        VARIABLE;

        String of(Setting setting) {
            if (this == WORD) {
                return setting.word();
            }
            if (this == FLAG) {
                return setting.flag();
            }
            return this == PROPERTY ? setting.property() : setting.variable();
        }
    }

    private final String name;
    private final Naming naming;
    private final String place;
    private final Map<Setting, String> values;
    private final Map<Setting, String> origins;

    /**
     * @param place what follows a name in messages; begins with a space
     * @param origins names that are others in messages
     */
    private SettingsSource(
            String name,
            Naming naming,
            String place,
            Map<Setting, String> values,
            Map<Setting, String> origins) {
        this.name = name;
        this.naming = naming;
        this.place = place;
        this.values = values;
        this.origins = origins;
    }

    private SettingsSource(String name, Naming naming, String place, Map<Setting, String> values) {
        this(name, naming, place, values, Map.of());
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
                "flag", Naming.FLAG, "", strict(flags, "", Naming.FLAG, "--", ""));
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
                Naming.PROPERTY,
                "",
                strict(properties, Setting.PROPERTY_PREFIX, Naming.PROPERTY, "", place));
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
                "attribute", Naming.WORD, place, strict(attributes, "", Naming.WORD, "", place));
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
                "argument", Naming.WORD, place, strict(arguments, "", Naming.WORD, "", place));
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
                        entry.getKey() + " in " + file, entry.getValue(), names(Naming.PROPERTY));
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
        Map<String, String> ours = new TreeMap<>();
        for (Map.Entry<String, String> entry : environment.entrySet()) {
            if (entry.getKey().startsWith(Setting.VARIABLE_PREFIX)) {
                ours.put(entry.getKey(), entry.getValue());
            }
        }
        requireKnown(ours);
        return new SettingsSource("environment", Naming.VARIABLE, "", values);
    }

    private static void requireKnown(Map<String, String> variables) {
        if (variables.isEmpty()) {
            return;
        }
        List<String> known = names(Naming.VARIABLE);
        for (Map.Entry<String, String> entry : variables.entrySet()) {
            String name = entry.getKey();
            if (!known.contains(name) && !Setting.isForeignVariable(name, entry.getValue())) {
                throw InvalidSettingException.unknownName(name, entry.getValue(), known);
            }
        }
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
            Map<String, String> map, String prefix, Naming naming, String written, String place) {
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        for (Map.Entry<String, String> entry : map.entrySet()) {
            String key = entry.getKey();
            if (key.startsWith(prefix)) {
                Setting setting = Setting.of(key.substring(prefix.length())).orElse(null);
                if (setting == null) {
                    throw InvalidSettingException.unknownName(
                            written + key + place, entry.getValue(), names(naming));
                }
                values.put(setting, entry.getValue());
            }
        }
        return values;
    }

    private static List<String> names(Naming naming) {
        List<String> names = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            names.add(naming.of(setting));
        }
        return names;
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
        return new SettingsSource("", Naming.WORD, "", values, origins);
    }

    /** Changes by plain names. */
    static SettingsSource changes(String name, Map<String, String> changes) {
        return new SettingsSource(name, Naming.WORD, "", strict(changes, "", Naming.WORD, "", ""));
    }

    /** Returns the origin of a setting of this source, such as {@code flag --gevent}. */
    String origin(Setting setting) {
        return (name + " " + label(setting)).strip();
    }

    /** The setting's name in this source, such as {@code TREADLE_GEVENT}. */
    String label(Setting setting) {
        String known = origins.get(setting);
        return known == null ? naming.of(setting) + place : known;
    }

    @Override
    public String toString() {
        return name + " " + values;
    }
}
