package dev.treadle.it.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Prints what a thousand requests of a second take on each standalone server, with the one line and
 * without. {@code .ci/standalone} builds and runs it.
 */
final class Measure {
    private static final int CLIENTS = 1_000;
    private static final int ROUNDS = 7;
    private static final String ROW = "%-12s %-12s %9s %9s %9s %11s %6s%n";

    /** Starts one kind of server. */
    @FunctionalInterface
    private interface Start {
        ServerProcess server(Path base, boolean withLine) throws IOException, InterruptedException;
    }

    private record Line(String name, String started, Start start) {}

    private Measure() {}

    private static final List<Line> LINES =
            List.of(
                    new Line("Tomcat 10.1", TomcatBase.STARTED, tomcat("apache-tomcat-10.1")),
                    new Line("Tomcat 11", TomcatBase.STARTED, tomcat("apache-tomcat-11.0")),
                    new Line("Jetty 12.0", JettyBase.STARTED, jetty("jetty-home-12.0")),
                    new Line("Jetty 12.1", JettyBase.STARTED, jetty("jetty-home-12.1")));

    private static Start tomcat(String home) {
        return (directory, withLine) -> {
            TomcatBase base =
                    new TomcatBase(Places.home(home), directory, Places.javaHome(false)).jar();
            return (withLine ? base.listener("gevent=\"1000\"") : base).start();
        };
    }

    private static Start jetty(String home) {
        return (directory, withLine) -> {
            JettyBase base =
                    JettyBase.make(Places.home(home), directory, Places.javaHome(false), "").jar();
            if (withLine) {
                base.startJar("--add-modules=gevent", "treadle.gevent=1000");
            }
            return base.start();
        };
    }

    /** Measures all servers, or those whose names begin as an argument says. */
    public static void main(String[] only) throws Exception {
        System.out.printf(
                "%d requests of 1 s at once, %d rounds, JDK %s, %d cores%n",
                CLIENTS, ROUNDS, Runtime.version(), Runtime.getRuntime().availableProcessors());
        System.out.printf(
                ROW, "server", "line", "first", "median", "longest", "OS threads", "load");
        for (Line line : LINES) {
            if (only.length == 0 || Stream.of(only).anyMatch(line.name()::startsWith)) {
                measure(line, true);
                measure(line, false);
            }
        }
    }

    private static void measure(Line line, boolean withLine) throws Exception {
        Path base = Files.createTempDirectory("treadle-standalone");
        try (ServerProcess server = line.start().server(base, withLine)) {
            server.awaitLog(line.started());
            int port = server.awaitPort();
            String load = load();
            List<Duration> rounds = new ArrayList<>();
            int threads = 0;
            for (int i = 0; i < (withLine ? ROUNDS : 1); i++) {
                rounds.add(Burst.run(port, CLIENTS));
                threads = Math.max(threads, server.osThreads());
            }
            Duration first = rounds.get(0);
            rounds.sort(Comparator.naturalOrder());
            System.out.printf(
                    ROW,
                    line.name(),
                    withLine ? "gevent 1000" : "none",
                    seconds(first),
                    seconds(rounds.get(rounds.size() / 2)),
                    seconds(rounds.get(rounds.size() - 1)),
                    threads,
                    load);
        } finally {
            delete(base);
        }
    }

    /**
     * The load of the machine in the minute before: far above its cores, the times mean nothing.
     */
    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.3f s", duration.toNanos() / 1e9);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
