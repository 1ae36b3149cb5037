package dev.treadle.jetty.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Treadle;
import dev.treadle.settings.Setting;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Both modules. The start.jar of Jetty saves a property beside --add-modules only if the template
 * of the module has it, and drops any other without a word.
 */
class ModulesTest {
    private static final Pattern PROPERTY = Pattern.compile("(?m)^# (treadle\\.[\\w-]+)=(\\S+)$");

    private static String text(String module) throws IOException {
        try (InputStream in =
                ModulesTest.class.getResourceAsStream("/modules/" + module + ".mod")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Map<String, String> properties(String module) throws IOException {
        Map<String, String> properties = new HashMap<>();
        Matcher matcher = PROPERTY.matcher(text(module));
        while (matcher.find()) {
            assertThat(properties.put(matcher.group(1), matcher.group(2))).isNull();
        }
        return properties;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gevent", "treadle"})
    void everySettingIsInTheTemplateWithItsDefault(String module) throws IOException {
        Map<String, String> properties = properties(module);
        assertThat(properties.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Setting.values()).map(Setting::property).toList());

        properties.remove("treadle.virtual");
        properties.remove("treadle.threads");
        WorkerSettings settings =
                WorkerSettings.resolve(List.of(SettingsSource.properties("start", properties)));
        assertThat(values(settings)).isEqualTo(values(WorkerSettings.gevent(1_000)));
    }

    /** The values without their origin, and without the hubs, whose default is of the machine. */
    private static List<String> values(WorkerSettings settings) {
        return settings.describe().stream()
                .map(line -> line.replaceFirst(" \\(.*", ""))
                .filter(line -> !line.startsWith("hubs="))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gevent", "treadle"})
    void theModuleNamesTheJarOfThisVersion(String module) throws IOException {
        assertThat(text(module))
                .contains("\nlib/treadle/treadle-jetty-standalone-" + Treadle.version() + ".jar\n");
    }
}
