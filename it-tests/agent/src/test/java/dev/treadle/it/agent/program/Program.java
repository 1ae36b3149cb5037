package dev.treadle.it.agent.program;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.management.ObjectName;

/**
 * A program with a server in it. It prints the port of each, and stops all at SIGTERM.
 *
 * <p>Arguments: the container; a directory; {@code plain}, or {@code twice} for two servers, {@code
 * again} for one that is stopped and started again, {@code idle} for some that are never started.
 */
public final class Program {
    private static final int LOOKS = 100;
    private static final long LOOK_AGAIN_MILLIS = 50;

    private Program() {}

    /** Starts the servers. */
    public static void main(String[] arguments) throws Exception {
        String container = arguments[0];
        Path directory = Path.of(arguments[1]);
        String way = arguments[2];
        System.out.println("main runs");
        if (way.equals("idle")) {
            for (int i = 0; i < 3; i++) {
                make(container, Files.createDirectories(directory.resolve("idle-" + i)));
            }
            System.out.println("threads of Treadle: " + treadleThreads());
        }
        List<EmbeddedServer> servers = new ArrayList<>();
        for (int i = 0; i < (way.equals("twice") ? 2 : 1); i++) {
            EmbeddedServer server =
                    make(container, Files.createDirectories(directory.resolve("server-" + i)));
            if (way.equals("again")) {
                server.start();
                server.stop();
                awaitTheirEnd();
                System.out.println("stopped once, threads of Treadle: " + treadleThreads());
            }
            System.out.println("port " + server.start() + ";");
            servers.add(server);
        }
        System.out.println(
                "beans: "
                        + ManagementFactory.getPlatformMBeanServer()
                                .queryNames(new ObjectName("dev.treadle:type=Workers,*"), null)
                                .size());
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform().unstarted(() -> servers.forEach(Program::stop)));
        Thread.currentThread().join();
    }

    private static EmbeddedServer make(String container, Path directory) throws Exception {
        return switch (container) {
            case "tomcat" -> new EmbeddedTomcat(directory);
            case "jetty" -> new EmbeddedJetty(directory);
            default -> new EmbeddedUndertow(directory);
        };
    }

    /** Those with a carrier or a watch of their own. */
    private static long treadleThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("treadle-"))
                .count();
    }

    /** Threads may take a moment to end; those of a Tomcat stay. */
    private static void awaitTheirEnd() throws InterruptedException {
        for (int i = 0; i < LOOKS && treadleThreads() > 0; i++) {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    private static void stop(EmbeddedServer server) {
        try {
            server.stop();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
