package dev.treadle.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The parts that others depend on: the published types, and the version of the artifacts. */
final class PublishedTest {
    private static final Pattern TYPE =
            Pattern.compile(
                    "^public (?:(?:final|abstract|sealed|non-sealed) )*(?:class|interface|record|enum"
                            + "|@interface) \\w+",
                    Pattern.MULTILINE);
    private static final Pattern SINCE = Pattern.compile("@since \\d+\\.\\d+\\.\\d+");

    /** The version of a dependency on Treadle, or what the consumers call it. */
    private static final Pattern VERSION =
            Pattern.compile(
                    "<artifactId>treadle-[\\w-]+</artifactId>\\s*<version>([^<$]+)</version>"
                            + "|<treadle\\.version>([^<]+)</treadle\\.version>"
                            + "|dev\\.treadle:treadle-[\\w-]+:([\\w.-]+)");

    private final Path root = Path.of(System.getProperty("treadle.root")).toRealPath();

    PublishedTest() throws IOException {}

    @Test
    void everyPublicTypeSaysSinceWhen() throws IOException {
        List<Path> without = new ArrayList<>();
        int types = 0;
        for (Path file : new Sources(root).files()) {
            String name = root.relativize(file).toString();
            if (!name.matches(
                            "(adapter-(api|tomcat|jetty|undertow)|spring-boot/.*|standalone/.*|agent)/src/main/.*")
                    || name.contains("/internal/")) {
                continue;
            }
            String source = Files.readString(file);
            Matcher type = TYPE.matcher(source);
            if (type.find()) {
                types++;
                if (!SINCE.matcher(source.substring(0, type.start())).find()) {
                    without.add(file);
                }
            }
        }
        assertThat(types).isGreaterThan(50);
        assertThat(without).isEmpty();
    }

    @Test
    void documentsAndConsumersAskForThisVersion() throws IOException {
        Map<String, String> asked = new TreeMap<>();
        for (Path file : textFiles()) {
            Matcher version = VERSION.matcher(Files.readString(file));
            while (version.find()) {
                String found =
                        Stream.of(version.group(1), version.group(2), version.group(3))
                                .filter(group -> group != null)
                                .findFirst()
                                .orElseThrow();
                asked.put(root.relativize(file) + " at " + version.start(), found);
            }
        }
        assertThat(asked).hasSizeGreaterThan(4);
        assertThat(asked.values()).containsOnly(System.getProperty("treadle.version"));
    }

    private List<Path> textFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        files.add(root.resolve("README.md"));
        for (String directory : List.of("docs", "it-tests/consumers")) {
            try (Stream<Path> walk = Files.walk(root.resolve(directory))) {
                walk.filter(file -> file.toString().matches(".*(\\.md|pom\\.xml)"))
                        .filter(file -> !file.toString().contains("node_modules"))
                        .forEach(files::add);
            }
        }
        return files;
    }
}
