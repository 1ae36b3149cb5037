package dev.treadle.it.agent;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The lines of the containers. */
enum Line {
    TOMCAT_10_1("tomcat", "tomcat-10.1", "http-nio-"),
    TOMCAT_11("tomcat", "tomcat-11", "http-nio-"),
    JETTY_12_0("jetty", "jetty-12.0", "qtp"),
    JETTY_12_1("jetty", "jetty-12.1", "qtp"),
    UNDERTOW_2_3("undertow", "undertow-2.3", "XNIO-1 task-");

    private final String container;
    private final String folder;
    private final String ownThreads;

    Line(String container, String folder, String ownThreads) {
        this.container = container;
        this.folder = folder;
        this.ownThreads = ownThreads;
    }

    /** The argument of the programs. */
    String container() {
        return container;
    }

    /** Whether its container has a newer line. */
    boolean isOlder() {
        return this == TOMCAT_10_1 || this == JETTY_12_0;
    }

    /** How the names of the container's own threads for requests begin. */
    String ownThreads() {
        return ownThreads;
    }

    /** The class path of a program with this line of the container, and without Treadle. */
    String classPath() throws IOException {
        return Agents.programs() + File.pathSeparator + jars(folder);
    }

    /** The jars of a folder of libraries. */
    static String jars(String folder) throws IOException {
        Path libraries = Path.of(System.getProperty("treadle.agent.libraries"), folder);
        try (Stream<Path> jars = Files.list(libraries)) {
            return jars.map(Path::toString)
                    .sorted()
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }
}
