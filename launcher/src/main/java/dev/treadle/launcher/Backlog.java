package dev.treadle.launcher;

import dev.treadle.settings.Setting;
import dev.treadle.settings.WorkerSettings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The kernel silently cuts an accept backlog to its own limit. A user who asked for more gets a
 * warning.
 */
final class Backlog {
    private static final Path KERNEL_LIMIT = Path.of("/proc/sys/net/core/somaxconn");

    private Backlog() {}

    /** Returns a warning if a backlog that the user set is more than the kernel takes. */
    static Optional<String> warning(WorkerSettings settings) {
        String origin = settings.sources().get(Setting.LISTEN);
        if (origin == null || !Files.isReadable(KERNEL_LIMIT)) {
            return Optional.empty();
        }
        return warning(origin, settings.listen(), kernelLimit());
    }

    private static Optional<String> warning(String origin, int listen, int limit) {
        if (listen <= limit) {
            return Optional.empty();
        }
        return Optional.of(
                origin
                        + ": "
                        + listen
                        + " (expected: at most net.core.somaxconn, "
                        + limit
                        + " here): the kernel takes "
                        + limit
                        + "; raise it with: sysctl -w net.core.somaxconn="
                        + listen);
    }

    private static int kernelLimit() {
        try {
            return Integer.parseInt(Files.readString(KERNEL_LIMIT).strip());
        } catch (IOException | NumberFormatException unknown) {
            // a warning is all that hangs on it
            return Integer.MAX_VALUE;
        }
    }
}
