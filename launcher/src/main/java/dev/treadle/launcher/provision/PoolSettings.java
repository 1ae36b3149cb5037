package dev.treadle.launcher.provision;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A pool of connections to one database.
 *
 * @param name of the entry, such as {@code jdbc/shop}
 * @param url of JDBC
 * @param user and {@code password}: for the database, if it wants them
 * @param driver the class; without it the driver that accepts the URL is taken
 * @param jar the file with the driver; without it the driver is in the WAR
 * @param size how many connections at most
 * @param timeout how long a request waits for a connection
 * @param properties more, for the driver
 */
public record PoolSettings(
        String name,
        String url,
        Optional<String> user,
        Optional<String> password,
        Optional<String> driver,
        Optional<Path> jar,
        int size,
        Duration timeout,
        Map<String, String> properties) {
    /** Neither the password nor anything else. */
    @Override
    public String toString() {
        return name;
    }
}
