package dev.treadle.bench.blocking;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

/** The machine and the JDKs of a measurement, and the other load on that machine. */
final class Surroundings {
    private final List<Jdk> jdks;
    private final String loadBefore = load();

    Surroundings(List<Jdk> jdks) {
        this.jdks = jdks;
    }

    String describe() {
        return "JDK "
                + String.join(", ", jdks.stream().map(Jdk::version).toList())
                + "; "
                + Runtime.getRuntime().availableProcessors()
                + " cores, "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.version")
                + ", load average "
                + loadBefore
                + " before and "
                + load()
                + " behind; "
                + LocalDate.now(ZoneId.systemDefault())
                + ".";
    }

    private static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (IOException unknown) {
            return "unknown";
        }
    }
}
