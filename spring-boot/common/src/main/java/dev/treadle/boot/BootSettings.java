package dev.treadle.boot;

import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads {@link WorkerSettings} from the property sources of an application, each for itself: a flag
 * {@code --virtual} replaces the {@code treadle.gevent} of a file, and two models in one source are
 * a mistake, as everywhere in Treadle. Names are relaxed and placeholders replaced as Boot does it.
 */
final class BootSettings {
    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("treadle");
    private static final ConfigurationPropertyName LIMITS = PREFIX.append("limits");

    /** In YAML {@code on} and {@code off} without quotes are true and false. */
    private static final Set<Setting> SWITCHES = Set.of(Setting.HUB_LOOP, Setting.REUSE_PORT);

    private static final Set<Setting> MAY_BE_OFF =
            Set.of(
                    Setting.HUB_LOOP,
                    Setting.REUSE_PORT,
                    Setting.RETAKE,
                    Setting.HARAKIRI,
                    Setting.PRIORITY_PATH,
                    Setting.READY_PATH,
                    Setting.LIMIT);

    private static final Set<Setting> LISTS = Set.of(Setting.PRIORITY_PATH, Setting.LIMIT);

    /** They go with the model: a stronger source that names another model takes them away. */
    private static final Set<Setting> OF_HUBS = Set.of(Setting.HUBS, Setting.HUB_LOOP);

    private static final String SPRING = "Spring property";

    private static final String COMMAND_LINE =
            CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME;

    private final Environment environment;
    private final PropertySourcesPlaceholdersResolver placeholders;

    private BootSettings(Environment environment) {
        this.environment = environment;
        this.placeholders = new PropertySourcesPlaceholdersResolver(environment);
    }

    /** Returns the settings that name a model: {@code treadle.gevent} and so on; often none. */
    static List<Setting> models(Environment environment) {
        return Arrays.stream(Setting.values())
                .filter(Setting::isModel)
                .filter(model -> of(environment, name(model)).isPresent())
                .toList();
    }

    /** Returns all settings that are set, from all sources. */
    static List<Setting> present(Environment environment) {
        return Arrays.stream(Setting.values())
                .filter(setting -> of(environment, name(setting)).isPresent())
                .toList();
    }

    /** Returns where a property comes from, such as a line of a file, if that is known. */
    static Optional<String> origin(Environment environment, String property) {
        if (!ConfigurationPropertyName.isValid(property)) {
            return Optional.empty();
        }
        return of(environment, ConfigurationPropertyName.of(property))
                .flatMap(found -> Optional.ofNullable(found.getOrigin()))
                .map(String::valueOf);
    }

    private static Optional<ConfigurationProperty> of(
            Environment environment, ConfigurationPropertyName name) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty found = source.getConfigurationProperty(name);
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /**
     * Reads the settings.
     *
     * @param weakest the values for settings that no other source sets
     * @throws InvalidSettingException if a value or a name is not one, or the models contradict
     *     each other
     */
    static WorkerSettings resolve(Environment environment, Map<Setting, String> weakest) {
        return new BootSettings(environment).resolve(weakest);
    }

    private WorkerSettings resolve(Map<Setting, String> weakest) {
        List<SettingsSource> rising = new ArrayList<>();
        rising.add(properties("default of Spring Boot", weakest));
        List<ConfigurationPropertySource> falling = new ArrayList<>();
        ConfigurationPropertySources.get(environment).forEach(falling::add);
        Map<Setting, String> flags = Map.of();
        Map<Setting, String> commandLine = Map.of();
        String limit = "";
        for (ConfigurationPropertySource source : falling.reversed()) {
            KnownNames.require(source);
            Map<Setting, String> values = values(source);
            limit = values.getOrDefault(Setting.LIMIT, limit);
            switch (nameOf(source)) {
                case TreadleFlags.SOURCE -> flags = values;
                case COMMAND_LINE -> commandLine = values;
                default -> rising.add(properties(SPRING, values));
            }
        }
        rising.add(properties(SPRING, limits(limit)));
        rising.addAll(ofTheCommandLine(commandLine, flags));
        return WorkerSettings.resolve(rising);
    }

    private static SettingsSource properties(String name, Map<Setting, String> values) {
        Map<String, String> properties = new LinkedHashMap<>();
        values.forEach((setting, value) -> properties.put(setting.property(), value));
        return SettingsSource.properties(name, properties);
    }

    private static Map<String, String> words(Map<Setting, String> values) {
        Map<String, String> words = new LinkedHashMap<>();
        values.forEach((setting, value) -> words.put(setting.word(), value));
        return words;
    }

    private Map<Setting, String> values(ConfigurationPropertySource source) {
        Binder binder = new Binder(List.of(source), placeholders);
        Map<Setting, String> values = new LinkedHashMap<>();
        for (Setting setting : Setting.values()) {
            text(binder, setting).ifPresent(text -> values.put(setting, text));
        }
        return values;
    }

    private static Optional<String> text(Binder binder, Setting setting) {
        BindResult<String> bound =
                LISTS.contains(setting)
                        ? binder.bind(name(setting), Bindable.listOf(String.class))
                                .map(parts -> String.join(",", parts))
                        : binder.bind(name(setting), Bindable.of(String.class));
        return bound.isBound() ? Optional.of(normal(setting, bound.get())) : Optional.empty();
    }

    private static String normal(Setting setting, String text) {
        if (text.equals("false") && MAY_BE_OFF.contains(setting)) {
            return "off";
        }
        return text.equals("true") && SWITCHES.contains(setting) ? "on" : text;
    }

    /**
     * Returns {@code treadle.limits}, a map, merged over all sources as Boot does it with maps,
     * after those of {@code treadle.limit}; empty if there is no such map.
     */
    private Map<Setting, String> limits(String limit) {
        Map<String, String> limits =
                Binder.get(environment)
                        .bind(LIMITS, Bindable.mapOf(String.class, String.class))
                        .orElse(Map.of());
        if (limits.isEmpty()) {
            return Map.of();
        }
        Stream<String> others =
                limit.isEmpty() || limit.equals("off") ? Stream.of() : Stream.of(limit);
        Stream<String> named =
                limits.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue());
        return Map.of(Setting.LIMIT, Stream.concat(others, named).collect(Collectors.joining(",")));
    }

    /**
     * Flags and long names stand on one command line: two models there contradict each other, and
     * the hubs there are for the model there, whichever way it is written.
     */
    private static List<SettingsSource> ofTheCommandLine(
            Map<Setting, String> longNames, Map<Setting, String> flags) {
        Map<Setting, String> hubs = new LinkedHashMap<>();
        longNames.forEach((setting, value) -> {
            if (setting.isModel() && !flags.isEmpty()) {
                throw contradiction(flags, setting, value);
            }
            if (OF_HUBS.contains(setting)) {
                hubs.put(setting, value);
            }
        });
        return List.of(
                properties(SPRING, longNames),
                SettingsSource.flags(words(flags)),
                properties(SPRING, hubs));
    }

    private static InvalidSettingException contradiction(
            Map<Setting, String> flags, Setting setting, String value) {
        Map.Entry<Setting, String> flag = flags.entrySet().iterator().next();
        return new InvalidSettingException(
                flag.getKey().flag() + " and --" + setting.property(),
                flag.getValue() + " and " + value,
                "exactly one worker model on the command line; leave the other out");
    }

    private static ConfigurationPropertyName name(Setting setting) {
        return PREFIX.append(setting.word());
    }

    private static String nameOf(ConfigurationPropertySource source) {
        @Nullable Object underlying = source.getUnderlyingSource();
        return underlying instanceof PropertySource<?> named ? named.getName() : "";
    }
}
