package dev.treadle.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** The Boot application in other shapes than its executable jar, made of that jar. */
final class BootFiles {
    private static final String CLASSES = "BOOT-INF/classes/";
    private static final String LIBRARIES = "BOOT-INF/lib/";

    private BootFiles() {}

    private interface Copy {
        void entry(String name, InputStream content) throws IOException;
    }

    /** As in an IDE: the classes of the application in a directory, next to its libraries. */
    static void exploded(BootLine line, Path classes, Path libraries) throws IOException {
        each(
                line,
                (name, content) -> {
                    Path file =
                            name.startsWith(CLASSES)
                                    ? classes.resolve(name.substring(CLASSES.length()))
                                    : libraries.resolve(name.substring(LIBRARIES.length()));
                    Files.createDirectories(file.getParent());
                    Files.copy(content, file);
                });
    }

    /**
     * As a WAR for a container that Boot does not start: without the container's own libraries.
     *
     * @param properties what stands in its application.properties, in addition
     */
    static Path war(BootLine line, Predicate<String> isContainers, String properties, Path file)
            throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream war = new JarOutputStream(out)) {
            war.setLevel(0); // its libraries are packed already
            UnaryOperator<String> place =
                    name ->
                            name.startsWith(CLASSES)
                                    ? "WEB-INF/classes/" + name.substring(CLASSES.length())
                                    : "WEB-INF/lib/" + name.substring(LIBRARIES.length());
            each(
                    line,
                    (name, content) -> {
                        if (name.startsWith(LIBRARIES)
                                && isContainers.test(name.substring(LIBRARIES.length()))) {
                            return;
                        }
                        war.putNextEntry(new JarEntry(place.apply(name)));
                        content.transferTo(war);
                        if (name.equals(CLASSES + "application.properties")) {
                            war.write(("\n" + properties + "\n").getBytes(StandardCharsets.UTF_8));
                        }
                        war.closeEntry();
                    });
        }
        return file;
    }

    private static void each(BootLine line, Copy copy) throws IOException {
        try (JarFile jar = new JarFile(Places.bootApp(line.line(), line.container()).toFile())) {
            for (ZipEntry entry : Collections.list(jar.entries())) {
                String name = entry.getName();
                if (!entry.isDirectory()
                        && (name.startsWith(CLASSES) || name.startsWith(LIBRARIES))) {
                    try (InputStream content = jar.getInputStream(entry)) {
                        copy.entry(name, content);
                    }
                }
            }
        }
    }
}
