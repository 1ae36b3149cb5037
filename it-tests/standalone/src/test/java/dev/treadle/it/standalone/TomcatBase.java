package dev.treadle.it.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A CATALINA_BASE with the server.xml that Tomcat comes with. Its ports are those that the system
 * chooses, and the listener that prints thirty lines is out.
 */
public final class TomcatBase {
    /** What the log says when it has started. */
    public static final String STARTED = "Server startup in";

    private static final String FIRST_LISTENER =
            "<Listener className=\"org.apache.catalina.startup.VersionLoggerListener\" />";

    private final Path home;
    private final Path base;
    private final Path javaHome;
    private final Map<String, String> environment = new HashMap<>();

    public TomcatBase(Path home, Path base, Path javaHome) throws IOException {
        this.home = home;
        this.base = base;
        this.javaHome = javaHome;
        for (String directory : List.of("conf", "lib", "logs", "temp", "webapps", "work")) {
            Files.createDirectories(base.resolve(directory));
        }
        try (Stream<Path> files = Files.list(home.resolve("conf"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, base.resolve("conf").resolve(file.getFileName()));
            }
        }
        replace("<Server port=\"8005\"", "<Server port=\"-1\"");
        replace("<Connector port=\"8080\"", "<Connector port=\"0\" address=\"127.0.0.1\"");
        replace("connectionTimeout=\"20000\"", "connectionTimeout=\"120000\"");
        WebApplication.writeTo(base.resolve("webapps/ROOT"));
    }

    /** Puts the one jar into lib/. */
    TomcatBase jar() throws IOException {
        Path jar = Places.jar("tomcat");
        Files.copy(jar, base.resolve("lib").resolve(jar.getFileName()));
        return this;
    }

    /** Adds the one line, with these attributes. */
    TomcatBase listener(String attributes) throws IOException {
        return replace(
                FIRST_LISTENER,
                "<Listener className=\"dev.treadle.tomcat.TreadleListener\" " + attributes + "/>");
    }

    /** Replaces the first occurrence of a text in server.xml. */
    public TomcatBase replace(String text, String by) throws IOException {
        Path file = base.resolve("conf/server.xml");
        String xml = Files.readString(file);
        int at = xml.indexOf(text);
        if (at < 0) {
            throw new IOException(file + ": has no " + text);
        }
        Files.writeString(file, xml.substring(0, at) + by + xml.substring(at + text.length()));
        return this;
    }

    public TomcatBase environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public Path file(String path) {
        return base.resolve(path);
    }

    /** Starts it as its users do. */
    public ServerProcess start() throws IOException {
        environment.put("CATALINA_HOME", home.toString());
        environment.put("CATALINA_BASE", base.toString());
        environment.put("JAVA_HOME", javaHome.toString());
        return ServerProcess.start(
                base,
                environment,
                List.of("sh", home.resolve("bin/catalina.sh").toString(), "run"));
    }
}
