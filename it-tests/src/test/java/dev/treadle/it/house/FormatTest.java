package dev.treadle.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.FormatterException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;

class FormatTest {
    private static final Path ROOT = Path.of(System.getProperty("treadle.root"));

    @Test
    void everySourceHasTheFormatOfTheHouse() throws IOException, FormatterException {
        Sources sources = new Sources(ROOT);
        assertThat(sources.files()).hasSizeGreaterThan(50);
        assertThat(sources.unformatted())
                .as("run: mvn package -DskipTests -Pformat -pl it-tests -am")
                .isEmpty();
    }
}
