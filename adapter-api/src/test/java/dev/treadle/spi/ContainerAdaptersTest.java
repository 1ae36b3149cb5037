package dev.treadle.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.treadle.Installation;
import dev.treadle.Workers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceConfigurationError;

final class ContainerAdaptersTest {
    private final Path directory;

    ContainerAdaptersTest(@TempDir Path directory) {
        this.directory = directory;
    }

    /** A provider for strings. */
    public static class ForStrings implements ContainerAdapter {
        /** For the service loader. */
        public ForStrings() {}

        @Override
        public String name() {
            return "strings";
        }

        @Override
        public boolean supports(Object container) {
            return container instanceof String;
        }

        @Override
        public Installation install(Object container, Workers workers) {
            return new Installation("String", "1", workers);
        }
    }

    /** Another provider for strings. */
    public static final class AlsoForStrings extends ForStrings {
        /** For the service loader. */
        public AlsoForStrings() {}
    }

    /** A provider for numbers. */
    public static final class ForNumbers extends ForStrings {
        /** For the service loader. */
        public ForNumbers() {}

        @Override
        public boolean supports(Object container) {
            return container instanceof Integer;
        }
    }

    private URLClassLoader loaderWith(String... providers) throws IOException {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(ContainerAdapter.class.getName()), String.join("\n", providers));
        return new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader());
    }

    @Test
    void findsTheOneThatSupportsTheContainer() throws Exception {
        try (URLClassLoader loader =
                loaderWith(ForStrings.class.getName(), ForNumbers.class.getName())) {
            assertThat(ContainerAdapters.find("a container", loader))
                    .containsInstanceOf(ForStrings.class);
            assertThat(ContainerAdapters.find(1, loader)).containsInstanceOf(ForNumbers.class);
            assertThat(ContainerAdapters.find(1.0, loader)).isEmpty();
        }
    }

    @Test
    void withoutProvidersThereIsNoAdapter() {
        assertThat(ContainerAdapters.find("a container")).isEmpty();
    }

    @Test
    void twoForOneContainerAreAnErrorThatNamesBoth() throws Exception {
        try (URLClassLoader loader =
                loaderWith(ForStrings.class.getName(), AlsoForStrings.class.getName())) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> ContainerAdapters.find("a container", loader))
                    .withMessageContainingAll(
                            "java.lang.String",
                            ForStrings.class.getName(),
                            AlsoForStrings.class.getName(),
                            "expected: one");
        }
    }

    @Test
    void aBrokenProviderIsAnError() throws Exception {
        try (URLClassLoader loader = loaderWith("no.such.Adapter")) {
            assertThatExceptionOfType(ServiceConfigurationError.class)
                    .isThrownBy(() -> ContainerAdapters.find("a container", loader))
                    .withMessageContaining("no.such.Adapter");
        }
    }
}
