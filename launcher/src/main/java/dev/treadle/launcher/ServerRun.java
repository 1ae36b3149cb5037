package dev.treadle.launcher;

import dev.treadle.WorkerSettings;
import dev.treadle.launcher.host.ContainerKind;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.HttpAddress;
import dev.treadle.launcher.host.StartFailedException;

import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** The life of a server process, from its options to SIGTERM. */
final class ServerRun {
    private ServerRun() {}

    /**
     * Checks everything, starts the server, says so in one line on standard output, and waits for
     * the end of the process.
     *
     * @param content checks and returns what to serve
     * @throws dev.treadle.InvalidSettingException if an option cannot be taken
     * @throws StartFailedException if the server does not start
     */
    static void untilStopped(ServerOptions options, Supplier<Content> content)
            throws InterruptedException {
        ContainerKind kind = options.container();
        HttpAddress address = options.address();
        WorkerSettings settings = options.settings();
        Content checked = content.get();
        LauncherLog log = LauncherLog.install(options.verbose());
        Backlog.warning(settings).ifPresent(warning -> System.err.println("treadle: " + warning));

        RunningServer server = RunningServer.start(kind, address, checked, settings, log);
        stopOnSignal(server);
        log.release();
        System.out.println(server.startLine());
        if (options.verbose()) {
            settings.describe().forEach(line -> System.out.println("  " + line));
        }
        new CountDownLatch(1).await();
    }

    /**
     * SIGTERM and SIGINT begin a JVM's shutdown, which runs this hook. A JVM that ends by a signal
     * has the exit code 128 plus the signal's number, 143 or 130, whatever its hooks did. Here the
     * signal is the way to stop and the stop went well, so the hook ends the JVM itself, with 0.
     * Other hooks get no time after it; the server's own are all in it.
     */
    private static void stopOnSignal(RunningServer server) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    server.stop();
                                    System.out.flush();
                                    System.err.flush();
                                    Runtime.getRuntime().halt(0);
                                },
                                "treadle-stop"));
    }
}
