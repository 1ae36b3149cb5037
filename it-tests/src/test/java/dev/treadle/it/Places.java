package dev.treadle.it;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;

/** Where the build has put what these tests start. */
final class Places {
    private Places() {}

    static Path launcherJar() {
        return place("treadle.jar");
    }

    static Path script() {
        return place("treadle.script");
    }

    /** The files that users download. */
    static Path distribution() {
        return place("treadle.distribution");
    }

    static String version() {
        return property("treadle.version");
    }

    static Path benchJar() {
        return place("treadle.bench.jar");
    }

    static Path exampleWar() {
        return place("treadle.example.war");
    }

    static Path realWar() {
        return place("treadle.real.war");
    }

    /** The executable jar of the application on one line of Boot and one container. */
    static Path bootApp(int line, String container) {
        String module = "boot-app-" + line;
        return place("treadle.boot.apps")
                .resolve(module)
                .resolve("target")
                .resolve("treadle-" + module + "-" + version() + "-" + container + ".jar");
    }

    /** The jar of Boot's devtools, which no executable jar has in it. */
    static Path devtools(int line) {
        return place("treadle.devtools").resolve("devtools-" + line + ".jar");
    }

    /** The application that is made as the documentation tells it. */
    static Path newApp() {
        return place("treadle.boot.apps").resolve("new-app");
    }

    /** The directories of the jars of a container, the launcher's own among them. */
    static List<Path> libraries(String container) {
        Path all = launcherJar().resolveSibling("lib");
        String exact =
                switch (container) {
                    case "tomcat" -> "tomcat11";
                    case "jetty" -> "jetty-ee11";
                    default -> throw new IllegalArgumentException(container);
                };
        return List.of(all.resolve(exact), all.resolve(container), all.resolve("pages"));
    }

    /** Returns a class of one of the jars that the launcher has in {@code lib/}. */
    static byte[] classInLibrary(String name) throws IOException {
        Path library = launcherJar().resolveSibling("lib");
        String entry = name.replace('.', '/') + ".class";
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(library, "*.jar")) {
            for (Path jar : jars) {
                try (ZipFile zip = new ZipFile(jar.toFile())) {
                    if (zip.getEntry(entry) != null) {
                        return zip.getInputStream(zip.getEntry(entry)).readAllBytes();
                    }
                }
            }
        }
        throw new IOException(name + ": in no jar of " + library);
    }

    /** Where the test classes are. */
    static Path testClasses() {
        return place("treadle.test.classes");
    }

    static Path root() {
        return place("treadle.root");
    }

    /** The Java these tests run on, so that the launcher is tested on the same. */
    static Path javaHome() {
        return Path.of(System.getProperty("java.home"));
    }

    static Path java() {
        return javaHome().resolve("bin").resolve("java");
    }

    private static Path place(String name) {
        return Path.of(property(name)).toAbsolutePath().normalize();
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException(
                    name + ": not set (expected: as in the pom); run these tests with Maven");
        }
        return value;
    }
}
