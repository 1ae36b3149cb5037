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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The containers the launcher brings, and where it finds them: {@code lib/NAME/*.jar} next to its
 * own jar, for the name of the kind, that of its family, and {@code pages}.
 */
public enum ContainerKind {
    /** Apache Tomcat 11. */
    TOMCAT11("dev.treadle.launcher.tomcat.TomcatHost", "tomcat11", "tomcat"),
    /** Apache Tomcat 10.1. */
    TOMCAT10("dev.treadle.launcher.tomcat.TomcatHost", "tomcat10", "tomcat"),
    /** Eclipse Jetty with its environment for Jakarta EE 11. */
    JETTY_EE11("dev.treadle.launcher.jetty.JettyEe11Host", "jetty-ee11", "jetty"),
    /** Eclipse Jetty with its environment for Jakarta EE 10. */
    JETTY_EE10("dev.treadle.launcher.jetty.JettyEe10Host", "jetty-ee10", "jetty"),
    /** Undertow, with a deployer of ours. */
    UNDERTOW("dev.treadle.launcher.undertow.UndertowHost", "undertow", "undertow");

    /** The directory of the compiler of JSPs, which all kinds use. */
    private static final String PAGES = "pages";

    private final String hostClass;
    private final String exactWord;
    private final String family;

    /**
     * @param exactWord the name, which is also that of the directory that only this kind has
     * @param family the directory of the whole family
     */
    ContainerKind(String hostClass, String exactWord, String family) {
        this.hostClass = hostClass;
        this.exactWord = exactWord;
        this.family = family;
    }

    /** Returns the newest of each family, which has the name of the family as well. */
    public static List<ContainerKind> usual() {
        return List.of(TOMCAT11, JETTY_EE11, UNDERTOW);
    }

    /**
     * Returns the shortest name on the command line, such as {@code tomcat} for Tomcat 11, or
     * {@code tomcat10}.
     */
    public String word() {
        return usual().contains(this) ? family : exactWord;
    }

    /**
     * Finds a kind by its name.
     *
     * @throws InvalidSettingException if there is none of that name
     */
    public static ContainerKind of(String word) {
        return find(word)
                .orElseThrow(() ->
                        new InvalidSettingException(
                                "--container",
                                word,
                                "tomcat or tomcat11, tomcat10, jetty or jetty-ee11, jetty-ee10, undertow"));
    }

    /** Finds a kind by its name, if there is one. */
    public static Optional<ContainerKind> find(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.exactWord.equals(word) || kind.word().equals(word))
                .findFirst();
    }

    /**
     * Makes a host of this kind in a class loader of its own.
     *
     * @throws StartFailedException if the launcher's directory does not have this container
     */
    public ContainerHost newHost() {
        Path library = home().resolve("lib");
        ClassLoader loader =
                new ContainerLoader(
                        word(),
                        Stream.of(exactWord, family, PAGES)
                                .distinct()
                                .flatMap(directory -> jars(library.resolve(directory)).stream())
                                .toArray(URL[]::new),
                        ContainerKind.class.getClassLoader());
        try {
            return (ContainerHost)
                    loader.loadClass(hostClass).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError incomplete) {
            throw new StartFailedException(
                    "--container: "
                            + word()
                            + " (expected: its jars in "
                            + library.resolve(exactWord)
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
                            + " (expected: a directory with a container's jars): "
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
            URI location =
                    ContainerKind.class.getProtectionDomain().getCodeSource().getLocation().toURI();
            return Path.of(location);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException("launcher: its own place is not a file", impossible);
        }
    }
}
