package dev.treadle.launcher.host;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A part of the launcher that has a class loader of its own: the jars in directories of {@code
 * lib/} next to the launcher's jar. Nothing of it is loaded before it is asked for.
 */
public final class Library {
    private final String name;
    private final List<Path> directories;

    /**
     * @param name the name of the class loader, and of the part in messages
     * @param directories their names below {@code lib/}
     */
    public Library(String name, String... directories) {
        Path all = home().resolve("lib");
        this.name = name;
        this.directories = Arrays.stream(directories).distinct().map(all::resolve).toList();
    }

    /**
     * Makes an instance of one of its classes, in a new class loader.
     *
     * @param className a class with a public constructor without parameters
     * @param type a type that the launcher shares with the part
     * @throws StartFailedException if the launcher's directory does not have this part
     */
    public <T> T make(String className, Class<T> type) {
        ClassLoader loader =
                new ContainerLoader(
                        name,
                        directories.stream()
                                .flatMap(directory -> jars(directory).stream())
                                .toArray(URL[]::new),
                        Library.class.getClassLoader());
        try {
            return type.cast(loader.loadClass(className).getDeclaredConstructor().newInstance());
        } catch (ReflectiveOperationException | LinkageError incomplete) {
            throw new StartFailedException(
                    "launcher: "
                            + name
                            + " (expected: its jars in "
                            + directories.get(0)
                            + "): they are not complete; build or unpack the launcher again",
                    incomplete);
        }
    }

    private static List<URL> jars(Path directory) {
        List<URL> jars = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
            for (Path file : files) {
                jars.add(url(file));
            }
        } catch (IOException unreadable) {
            throw new StartFailedException(
                    "launcher: "
                            + directory
                            + " (expected: a directory with jars): "
                            + "start treadle.jar in the directory it was built or unpacked in",
                    unreadable);
        }
        return jars;
    }

    private static URL url(Path file) throws MalformedURLException {
        return file.toUri().toURL();
    }

    private static Path home() {
        Path jar = launcherJar();
        Path directory = jar.getParent();
        return directory == null ? jar : directory;
    }

    /** Returns the launcher's own jar. */
    public static Path launcherJar() {
        try {
            return Path.of(
                    Library.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException("launcher: its own place is not a file", impossible);
        }
    }
}
