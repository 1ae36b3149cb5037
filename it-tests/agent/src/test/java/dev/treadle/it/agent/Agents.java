package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.it.agent.program.Program;
import dev.treadle.it.standalone.Places;
import dev.treadle.it.standalone.ServerProcess;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Starts processes with the agent. */
final class Agents {
    /** Quick to start, and small: several run at a time. */
    static final List<String> QUICK =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m");

    /** A thousand greenlets. A machine that is busy with other tests causes no reports. */
    static final String THOUSAND = "gevent=1000,max-blocking-time=60s";

    private static final Path ROOT = Path.of(System.getProperty("treadle.root"));

    /**
     * Warnings that are there without the agent too: jboss-threads, below Undertow, uses Unsafe;
     * Tomcat looks for leaks of applications in packages that are not open to it, and loads its
     * native library where the machine has it.
     */
    private static final Pattern WITHOUT_THE_AGENT_TOO =
            Pattern.compile(
                    "sun\\.misc\\.Unsafe|org\\.jboss\\.threads|memory leak detection"
                            + "|tomcat\\.jni|enable-native-access|[Rr]estricted methods? (in|will)"
                            // Tomcat, where that takes 100 ms: on a busy machine
                            + "|Creation of SecureRandom instance");

    private Agents() {}

    /** The jar of the agent. */
    static Path jar() {
        return ROOT.resolve("agent/target")
                .resolve("treadle-agent-" + System.getProperty("treadle.version") + ".jar")
                .toAbsolutePath()
                .normalize();
    }

    /** The option of the JVM. */
    static String option(String arguments) {
        return "-javaagent:" + jar() + (arguments.isEmpty() ? "" : "=" + arguments);
    }

    /** The classes of the programs. */
    static String programs() {
        return Path.of("target/test-classes").toAbsolutePath().toString();
    }

    /** Starts a JVM of the JDK that the tests run on. */
    static ServerProcess java(
            Path directory, Map<String, String> environment, List<String> arguments)
            throws IOException {
        return java(Places.javaHome(false), directory, environment, arguments);
    }

    /** Starts a JVM of this JDK. */
    static ServerProcess java(
            Path home, Path directory, Map<String, String> environment, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin/java").toString());
        command.addAll(QUICK);
        command.addAll(arguments);
        return ServerProcess.start(directory, environment, command);
    }

    /**
     * Starts a program with a server, with an older line on the older JDK that the build names.
     *
     * @param way one of the ways of {@link Program}
     * @param options of the JVM
     */
    static ServerProcess program(Line line, Path directory, String way, String... options)
            throws IOException {
        return program(Places.javaHome(line.isOlder()), line, directory, way, options);
    }

    /** The same on this JDK. */
    static ServerProcess program(
            Path home, Line line, Path directory, String way, String... options)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(
                List.of(
                        "-cp",
                        line.classPath(),
                        Program.class.getName(),
                        line.container(),
                        directory.toString(),
                        way));
        return java(home, directory, Map.of(), arguments);
    }

    /** Waits for the last line of such a program, and returns its ports. */
    static List<Integer> ports(ServerProcess program) {
        program.awaitLog("beans: \\d+");
        List<Integer> ports = new ArrayList<>();
        Matcher port = Pattern.compile("port (\\d+);").matcher(program.log());
        while (port.find()) {
            ports.add(Integer.valueOf(port.group(1)));
        }
        return ports;
    }

    /** Asserts that the log of this process warns of nothing. */
    static void assertWarnsOfNothing(ServerProcess process) {
        assertThat(warnings(process)).as(process.log()).isEmpty();
    }

    /** Returns the lines of a log that warn of something. */
    static List<String> warnings(ServerProcess process) {
        List<String> lines = process.log().lines().toList();
        List<String> found = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            boolean warns = line.matches("(?i).*(\\bwarning\\b|\\bSEVERE\\b|\\bWARN\\b).*");
            boolean known =
                    WITHOUT_THE_AGENT_TOO.matcher(line).find()
                            || (i + 1 < lines.size()
                                    && WITHOUT_THE_AGENT_TOO.matcher(lines.get(i + 1)).find());
            if (warns && !known) {
                found.add(line);
            }
        }
        return found;
    }
}
