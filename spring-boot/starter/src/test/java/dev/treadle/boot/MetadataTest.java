package dev.treadle.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.treadle.settings.Setting;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The metadata that an editor shows for {@code treadle.*} matches the settings. */
final class MetadataTest {
    private static final JsonNode METADATA = read();

    private static JsonNode read() {
        try (InputStream in =
                MetadataTest.class.getResourceAsStream(
                        "/META-INF/spring-configuration-metadata.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static Map<String, JsonNode> properties() {
        Map<String, JsonNode> properties = new LinkedHashMap<>();
        METADATA.get("properties")
                .forEach(property -> properties.put(property.get("name").asText(), property));
        return properties;
    }

    private static Stream<String> ofTheClass() {
        return Arrays.stream(TreadleProperties.class.getMethods())
                .map(Method::getName)
                .filter(name -> name.startsWith("set"))
                .map(name -> name.substring(3).replaceAll("(?<=.)([A-Z])", "-$1"))
                .map(name -> "treadle." + name.toLowerCase(Locale.ROOT));
    }

    @Test
    void namesEverySettingAndNothingElse() {
        List<String> expected =
                Stream.concat(Arrays.stream(Setting.values()).map(Setting::property), ofTheClass())
                        .toList();

        assertThat(properties().keySet()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void describesEachInASentence() {
        properties()
                .values()
                .forEach(property -> {
                    assertThat(property.get("description").asText()).matches("[A-Z].+\\.");
                    assertThat(property.get("type").asText()).startsWith("java.");
                });
    }

    @Test
    void tellsTheDefaultsThatHold() {
        Map<String, String> actual = new LinkedHashMap<>();
        WorkerSettings.gevent(1000)
                .describe()
                .forEach(line -> {
                    String[] parts = line.replaceFirst(" \\(.*", "").split("=", 2);
                    actual.put("treadle." + parts[0], parts[1]);
                });
        properties()
                .forEach((name, property) -> {
                    JsonNode told = property.get("defaultValue");
                    if (told != null && actual.containsKey(name)) {
                        assertThat(told.asText()).as(name).isEqualTo(actual.get(name));
                    }
                });
        assertThat(actual).hasSizeGreaterThan(15);
    }

    @Test
    void hintsAreOfPropertiesThereAre() {
        METADATA.get("hints")
                .forEach(hint -> assertThat(properties()).containsKey(hint.get("name").asText()));
    }
}
