package dev.treadle.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Treadle;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The README is short, coordinates are right, and sentences begin with the thing that acts. */
final class PagesTest {
    private static final int README_WORDS = 900;

    private static final Pattern COORDINATES =
            Pattern.compile(
                    "dev\\.treadle(?:</groupId>\\s*<artifactId>|:)treadle-([\\w-]+)"
                            + "(?:</artifactId>[^\\n]*\\s*<version>|:)([\\w.-]+)");

    /** At the begin of a sentence, a list item or a cell. */
    private static final Pattern CLAUSE_FIRST =
            Pattern.compile(
                    "(?m)(?:^(?:[-*#]+ |\\| )?|[.!?:|] )(?:\\*\\*)?((?:Who|Whoever|What|Whatever) \\w+"
                            + " \\w+)");

    @Test
    void theReadmeIsForOneMinute() {
        String readme = Pages.read(Pages.ROOT.resolve("README.md"));

        assertThat(readme.split("\\s+")).hasSizeLessThan(README_WORDS);
    }

    @Test
    void coordinatesAreThoseOfTheModules() {
        List<String> artifacts = new ArrayList<>();
        for (Path page : Pages.all()) {
            Matcher coordinates = COORDINATES.matcher(Pages.read(page));
            while (coordinates.find()) {
                artifacts.add(coordinates.group(1));
                assertThat(coordinates.group(2))
                        .as("%s: %s", page, coordinates.group())
                        .isEqualTo(Treadle.version());
            }
        }
        assertThat(artifacts).contains("spring-boot-starter", "adapter-tomcat");
        assertThat(artifacts)
                .allSatisfy(artifact ->
                        assertThat(Files.isRegularFile(pom(artifact))).as(artifact).isTrue());
    }

    private static Path pom(String artifact) {
        String module =
                artifact.replaceFirst("^spring-boot-", "spring-boot/")
                        .replaceFirst("^(\\w+)-standalone$", "standalone/$1");
        return Pages.ROOT.resolve(module).resolve("pom.xml");
    }

    @Test
    void sentencesBeginWithANoun() {
        List<String> found = new ArrayList<>();
        int words = 0;
        for (Path page : Pages.all()) {
            String prose = Pages.prose(page).replaceAll("(?<=\\S)\\n(?=[\\w`(*])", " ");
            words += prose.split("\\s+").length;
            Matcher clause = CLAUSE_FIRST.matcher(prose);
            while (clause.find()) {
                found.add(Pages.ROOT.relativize(page) + ": " + clause.group(1));
            }
        }
        assertThat(words).isGreaterThan(10_000);
        assertThat(found.size() * 1_000)
                .as("sentences that begin with who or what, in %d words: %s", words, found)
                .isLessThan(words);
    }
}
