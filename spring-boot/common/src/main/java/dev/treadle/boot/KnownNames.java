package dev.treadle.boot;

import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names below {@code treadle.} that there are. Another name is a typing error, and its setting
 * would silently be missing. Names are relaxed as Boot has it: {@code treadle.queueTimeout}, {@code
 * TREADLE_QUEUETIMEOUT}.
 */
final class KnownNames {
    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("treadle");

    /** Names that are not settings of the workers ({@link TreadleProperties}). */
    private static final List<String> OWN = List.of("enabled", "flags", "task-execution", "limits");

    /** The one that has names of users below it. */
    private static final String MAP = "limits";

    private static final Set<String> UNIFORM =
            words().map(word -> word.replace("-", "")).collect(Collectors.toUnmodifiableSet());

    /** A variable may have the index of one entry of a list after its name. */
    private static final Pattern INDEXED = Pattern.compile("(.*?)(_\\d+_?)?");

    private KnownNames() {}

    private static Stream<String> words() {
        return Stream.concat(Arrays.stream(Setting.values()).map(Setting::word), OWN.stream());
    }

    /**
     * @throws InvalidSettingException if a name in any source is not known
     */
    static void require(Environment environment) {
        ConfigurationPropertySources.get(environment).forEach(KnownNames::require);
    }

    /**
     * @throws InvalidSettingException if a name in this source is not known
     */
    static void require(ConfigurationPropertySource source) {
        if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
            requireVariables(variables);
        } else if (source instanceof IterableConfigurationPropertySource names) {
            names.stream()
                    .filter(PREFIX::isAncestorOf)
                    .filter(name -> !isKnown(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw InvalidSettingException.unknownName(
                                name.toString(), valueOf(source, name), knownProperties());
                    });
        }
    }

    private static boolean isKnown(ConfigurationPropertyName name) {
        String word = name.getElement(1, ConfigurationPropertyName.Form.UNIFORM);
        if (!UNIFORM.contains(word)) {
            return false;
        }
        // treadle.limits.payments, treadle.priority-path[0]; not treadle.queue.timeout
        return name.getNumberOfElements() == 2
                || word.equals(MAP)
                || (name.getNumberOfElements() == 3 && name.isNumericIndex(2));
    }

    private static @Nullable String valueOf(
            ConfigurationPropertySource source, ConfigurationPropertyName name) {
        ConfigurationProperty found = source.getConfigurationProperty(name);
        return found == null ? null : String.valueOf(found.getValue());
    }

    private static List<String> knownProperties() {
        return words().map(word -> Setting.PROPERTY_PREFIX + word).toList();
    }

    /** By the names as they are: Boot takes each underscore of one for a dot. */
    private static void requireVariables(SystemEnvironmentPropertySource variables) {
        new TreeMap<>(variables.getSource())
                .forEach((name, value) -> {
                    String upper = name.toUpperCase(Locale.ROOT);
                    if (upper.startsWith(Setting.VARIABLE_PREFIX)
                            && !isKnownVariable(upper.substring(Setting.VARIABLE_PREFIX.length()))
                            && !Setting.isForeignVariable(upper, String.valueOf(value))) {
                        throw InvalidSettingException.unknownName(
                                name, String.valueOf(value), knownVariables());
                    }
                });
    }

    private static boolean isKnownVariable(String rest) {
        String lower = rest.toLowerCase(Locale.ROOT);
        Matcher indexed = INDEXED.matcher(lower);
        return lower.startsWith(MAP + "_")
                || (indexed.matches() && UNIFORM.contains(indexed.group(1).replace("_", "")));
    }

    private static List<String> knownVariables() {
        return words().map(word ->
                        Setting.VARIABLE_PREFIX + word.replace('-', '_').toUpperCase(Locale.ROOT))
                .toList();
    }
}
