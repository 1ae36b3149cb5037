package dev.treadle.launcher.host;

import dev.treadle.settings.InvalidSettingException;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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
        return new Library(word(), exactWord, family, PAGES).make(hostClass, ContainerHost.class);
    }
}
