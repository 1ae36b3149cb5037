package dev.treadle.bench.command;

import dev.treadle.settings.InvalidSettingException;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An executable jar of the application.
 *
 * @param name such as {@code 3-tomcat}: the line of Boot and the container
 * @param jar with the starter in it
 */
record BootApp(String name, Path jar) {
    /** All combinations that Treadle supports. */
    static final List<String> NAMES =
            List.of("3-tomcat", "3-jetty", "3-undertow", "4-tomcat", "4-jetty");

    private static final String LIBRARIES = "BOOT-INF/lib";

    /**
     * Finds the jar that the build has made.
     *
     * @param name one of {@link #NAMES}
     * @param modules the directory of the modules of the applications
     * @throws InvalidSettingException if it is not there
     */
    static BootApp find(String name, Path modules) throws IOException {
        String line = name.substring(0, name.indexOf('-'));
        String container = name.substring(name.indexOf('-') + 1);
        Path target = modules.resolve("boot-app-" + line).resolve("target");
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                List<Path> jars =
                        files.filter(file -> file.toString().endsWith("-" + container + ".jar"))
                                .toList();
                if (jars.size() == 1) {
                    return new BootApp(name, jars.get(0));
                }
            }
        }
        throw new InvalidSettingException(
                "--apps",
                name,
                "an application that is built, as "
                        + target
                        + "/*-"
                        + container
                        + ".jar; bench/run builds it");
    }

    /**
     * Copies the jar without Treadle. The other entries stay as the build wrote them, byte for
     * byte: libraries stay uncompressed.
     */
    BootApp withoutStarter(Path copy) throws IOException {
        Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING);
        int removed = 0;
        try (FileSystem inside =
                FileSystems.newFileSystem(URI.create("jar:" + copy.toUri()), Map.of())) {
            List<Path> libraries;
            try (Stream<Path> all = Files.list(inside.getPath(LIBRARIES))) {
                libraries = all.toList();
            }
            for (Path library : libraries) {
                String file = String.valueOf(library.getFileName());
                if (file.startsWith("treadle-") || file.startsWith("jctools-core")) {
                    Files.delete(library);
                    removed++;
                }
            }
        }
        if (removed == 0) {
            throw new IOException(jar + ": no library of Treadle in " + LIBRARIES);
        }
        return new BootApp(name, copy);
    }
}
