package dev.treadle.launcher.host;

import dev.treadle.settings.InvalidSettingException;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The containers the launcher brings, and where it finds them: {@code lib/NAME/*.jar} next to its
 * own jar.
 */
public enum ContainerKind {
    /** Apache Tomcat. */
    TOMCAT("dev.treadle.launcher.tomcat.TomcatHost"),
    /** Eclipse Jetty. */
    JETTY("dev.treadle.launcher.jetty.JettyHost"),
    /** Undertow, with a deployer of ours. */
    UNDERTOW("dev.treadle.launcher.undertow.UndertowHost");

    private final String hostClass;

    ContainerKind(String hostClass) {
        this.hostClass = hostClass;
    }

    /** Returns the name on the command line, such as {@code tomcat}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Finds a kind by its name.
     *
     * @throws InvalidSettingException if there is none of that name
     */
    public static ContainerKind of(String word) {
        for (ContainerKind kind : values()) {
            if (kind.word().equals(word)) {
                return kind;
            }
        }
        throw new InvalidSettingException("--container", word, "tomcat, jetty or undertow");
    }

    /**
     * Makes a host of this kind in a class loader of its own.
     *
     * @throws StartFailedException if the launcher's directory does not have this container
     */
    public ContainerHost newHost() {
        Path directory = home().resolve("lib").resolve(word());
        ClassLoader loader =
                new ContainerLoader(word(), jars(directory), ContainerKind.class.getClassLoader());
        try {
            return (ContainerHost)
                    loader.loadClass(hostClass).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError incomplete) {
            throw new StartFailedException(
                    "--container: "
                            + word()
                            + " (expected: its jars in "
                            + directory
                            + "): they are not complete; build or unpack the launcher again",
                    incomplete);
        }
    }

    private static URL[] jars(Path directory) {
        List<URL> jars = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
            for (Path file : files) {
                jars.add(url(file));
            }
        } catch (IOException unreadable) {
            throw new StartFailedException(
                    "launcher: "
                            + directory
                            + " (expected: a directory with a container's jars): "
                            + "start treadle.jar in the directory it was built or unpacked in",
                    unreadable);
        }
        return jars.toArray(URL[]::new);
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
            URI location =
                    ContainerKind.class.getProtectionDomain().getCodeSource().getLocation().toURI();
            return Path.of(location);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException("launcher: its own place is not a file", impossible);
        }
    }
}
