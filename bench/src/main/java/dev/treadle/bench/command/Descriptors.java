package dev.treadle.bench.command;

import dev.treadle.settings.InvalidSettingException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many connections a process may have here: each takes a file descriptor. */
final class Descriptors {
    /** Jars, logs, selectors. */
    private static final int OTHERS = 500;

    private Descriptors() {}

    /** Returns how many connections a server, or its clients, may have. */
    private static int mostConnections() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
            if (line.startsWith("Max open files")) {
                // soft and hard limit; the JVM raises the one to the other by itself
                String hard = line.substring("Max open files".length()).strip().split("\\s+")[1];
                return hard.equals("unlimited")
                        ? Integer.MAX_VALUE
                        : Integer.parseInt(hard) - OTHERS;
            }
        }
        return Integer.MAX_VALUE;
    }

    /**
     * Refuses what would fail in the midst of a measurement.
     *
     * @param option which says how many
     * @throws InvalidSettingException if so many cannot be
     */
    static void require(String option, int connections) throws IOException {
        int most = mostConnections();
        if (connections > most) {
            throw new InvalidSettingException(
                    option,
                    String.valueOf(connections),
                    ("at most %d with the file descriptors a process may have here; raise the hard limit"
                                    + " (ulimit -Hn %d, as root) or take fewer")
                            .formatted(most, connections + OTHERS));
        }
    }
}
