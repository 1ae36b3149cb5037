package dev.treadle.bench.blocking;

import dev.treadle.settings.InvalidSettingException;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * A JDK that probes run on.
 *
 * @param java its program
 * @param version such as 21.0.12
 */
public record Jdk(Path java, String version) {
    /** Java 22 has the calls of native functions that are a preview in 21. */
    private static final int NATIVE_CALLS = 22;

    /**
     * Returns the JDK in a directory.
     *
     * @throws InvalidSettingException if there is none
     */
    public static Jdk in(String directory) {
        Path home = Path.of(directory).toAbsolutePath();
        Path java = home.resolve("bin").resolve("java");
        Properties release = new Properties();
        try (Reader reader = Files.newBufferedReader(home.resolve("release"))) {
            release.load(reader);
        } catch (IOException none) {
            throw invalid(directory);
        }
        String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
        if (!Files.isExecutable(java) || !version.matches("\\d+.*")) {
            throw invalid(directory);
        }
        return new Jdk(java, version);
    }

    private static InvalidSettingException invalid(String directory) {
        return new InvalidSettingException(
                "--jdk", directory, "a directory with bin/java and the file release in it");
    }

    int feature() {
        return Integer.parseInt(version.split("\\D", 2)[0]);
    }

    String title() {
        return "JDK " + feature();
    }

    boolean hasFinalNativeCalls() {
        return feature() >= NATIVE_CALLS;
    }
}
