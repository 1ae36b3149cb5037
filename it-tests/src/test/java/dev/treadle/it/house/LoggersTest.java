package dev.treadle.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Each logger of a module that Boot loads reaches Boot's logging during a stop. */
final class LoggersTest {
    private static final Pattern NAME =
            Pattern.compile("getLogger\\(\\s*\"(dev\\.treadle[^\"]*)\"");
    private static final Pattern KNOWN = Pattern.compile("(?m)^ +\"(dev\\.treadle\\.\\w+)\"[,)]");

    @Test
    void theShutdownLogOfTheStarterKnowsEveryName() throws IOException {
        Path root = Path.of(System.getProperty("treadle.root")).toRealPath();
        Set<String> used = new TreeSet<>();
        Set<String> known = new TreeSet<>();
        for (Path file : new Sources(root).files()) {
            String module = root.relativize(file).toString();
            if (!module.contains("src/main/")
                    || !module.matches("(adapter-(api|tomcat|jetty|undertow)|spring-boot)/.*")) {
                continue;
            }
            boolean list = module.endsWith("ShutdownLog.java");
            Matcher names = (list ? KNOWN : NAME).matcher(Files.readString(file));
            while (names.find()) {
                (list ? known : used).add(names.group(1));
            }
        }
        assertThat(used).hasSizeGreaterThan(5);
        assertThat(known).isEqualTo(used);
    }
}
