package dev.treadle;

import dev.treadle.internal.hub.JdkHubAccess;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/**
 * Facts that a host can ask for before it opens workers: the version, and whether this JVM can have
 * hubs.
 *
 * @since 0.2.0
 */
public final class Treadle {
    private static final String VERSION = readVersion();

    private Treadle() {}

    private static String readVersion() {
        try (InputStream in = Treadle.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Returns the version of Treadle, such as {@code 0.2.0}. */
    public static String version() {
        return VERSION;
    }

    /**
     * Says why gevent cannot be had on this JVM. Asking costs one trial in the life of the JVM and
     * starts nothing.
     *
     * @return the problem and its remedy, or empty if gevent is available
     */
    public static Optional<String> hubProblem() {
        return JdkHubAccess.problem();
    }
}
