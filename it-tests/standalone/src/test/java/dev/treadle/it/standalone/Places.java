package dev.treadle.it.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the build has unpacked and made. */
public final class Places {
    private Places() {}

    /** The unpacked distribution whose directory begins so, such as {@code apache-tomcat-11}. */
    public static Path home(String prefix) throws IOException {
        try (Stream<Path> homes =
                Files.list(Path.of(System.getProperty("treadle.standalone.homes")))) {
            List<Path> found =
                    homes.filter(home -> home.getFileName().toString().startsWith(prefix)).toList();
            if (found.size() != 1) {
                throw new IOException(
                        prefix + ": " + found + " (expected: one distribution, unpacked)");
            }
            return found.get(0);
        }
    }

    /** The one jar for a server, such as {@code tomcat}. */
    static Path jar(String server) {
        String version = System.getProperty("treadle.version");
        return Path.of(System.getProperty("treadle.root"))
                .resolve("standalone/" + server + "/target")
                .resolve("treadle-" + server + "-standalone-" + version + ".jar")
                .toAbsolutePath()
                .normalize();
    }

    /** The home of the JDK that a server of this line runs on. */
    public static Path javaHome(boolean olderLine) {
        String older = System.getProperty("treadle.test.older.jvm", "");
        return olderLine && !older.isEmpty()
                ? Path.of(older).resolve("../..").normalize()
                : Path.of(System.getProperty("java.home"));
    }
}
