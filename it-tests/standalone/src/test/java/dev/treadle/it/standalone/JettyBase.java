package dev.treadle.it.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A JETTY_BASE that is set up by the commands that its users type. */
public final class JettyBase {
    /** What the log says when it has started. */
    public static final String STARTED = "oejs\\.Server:main: Started ";

    private final Path home;
    private final Path base;
    private final Path javaHome;
    private final Map<String, String> environment;

    private JettyBase(Path base, Path home, Path javaHome, String jvmOptions) {
        this.environment = jvmOptions.isEmpty() ? Map.of() : Map.of("JDK_JAVA_OPTIONS", jvmOptions);
        this.home = home;
        this.base = base;
        this.javaHome = javaHome;
    }

    /**
     * Makes one that deploys the application and listens on a port of 127.0.0.1.
     *
     * @param jvmOptions of all its JVMs, or the empty string
     */
    public static JettyBase make(Path home, Path directory, Path javaHome, String jvmOptions)
            throws IOException, InterruptedException {
        JettyBase base = new JettyBase(directory, home, javaHome, jvmOptions);
        base.startJar(
                "--add-modules=http,ee10-deploy",
                "jetty.http.host=127.0.0.1",
                "jetty.http.port=0",
                "jetty.http.idleTimeout=120000");
        WebApplication.writeTo(base.application());
        return base;
    }

    /** Puts the one jar into lib/, and the modules that are in it beside it. */
    JettyBase jar() throws IOException, InterruptedException {
        Path jar = Places.jar("jetty");
        Path copy = Files.createDirectories(base.resolve("lib/treadle")).resolve(jar.getFileName());
        Files.copy(jar, copy);
        run(List.of(tool("jar"), "-xf", copy.toString(), "modules", "etc"));
        return this;
    }

    /** Runs start.jar with arguments, to the end, and returns what it has printed. */
    String startJar(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(tool("java"), "-jar", startJar()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        try (ServerProcess process = ServerProcess.start(base, environment, command)) {
            if (process.exitCode() != 0) {
                throw new IOException(command + "\n" + process.log());
            }
            return process.log();
        }
    }

    private String tool(String name) {
        return javaHome.resolve("bin").resolve(name).toString();
    }

    private String startJar() {
        return home.resolve("start.jar").toString();
    }

    /** Copies the base: a start of its own, with an application of its own. */
    public JettyBase copiedTo(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(base)) {
            for (Path file : files.filter(file -> !file.equals(base)).toList()) {
                Files.copy(file, directory.resolve(base.relativize(file)));
            }
        }
        return new JettyBase(
                directory, home, javaHome, environment.getOrDefault("JDK_JAVA_OPTIONS", ""));
    }

    /** Returns the same base with other options of its JVMs. */
    public JettyBase with(String jvmOptions) {
        return new JettyBase(base, home, javaHome, jvmOptions);
    }

    public Path application() {
        return base.resolve("webapps/root");
    }

    /** Starts it by start.jar. */
    public ServerProcess start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(tool("java"), "-jar", startJar()));
        command.addAll(List.of(arguments));
        return ServerProcess.start(base, environment, command);
    }

    /**
     * Starts it by the command that start.jar tells, as jetty.sh and the images of Jetty do: there
     * is no second JVM.
     */
    public ServerProcess startDirectly(String... arguments)
            throws IOException, InterruptedException {
        List<String> dry = new ArrayList<>(List.of("--dry-run"));
        dry.addAll(List.of(arguments));
        List<String> printed = startJar(dry.toArray(String[]::new)).lines().toList();
        String command = printed.get(printed.size() - 1); // the first may be of the JVM
        return ServerProcess.start(base, environment, List.of("sh", "-c", "exec " + command));
    }
}
