package dev.treadle.launcher;

import dev.treadle.launcher.host.ContainerKind;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.HttpAddress;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.provision.Provisions;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The life of a server process, from its options to SIGTERM. */
final class ServerRun {
    private ServerRun() {}

    /**
     * Checks everything, starts the server, says so in one line on standard output, and waits for
     * the end of the process.
     *
     * @param given reads what a web application is given
     * @param content checks and returns what to serve
     * @param touchReload the value of {@code --touch-reload}; null: not given
     * @throws dev.treadle.settings.InvalidSettingException if an option cannot be taken
     * @throws StartFailedException if the server does not start
     */
    static void untilStopped(
            ServerOptions options,
            Supplier<Provisions> given,
            Supplier<Content> content,
            @Nullable String touchReload)
            throws InterruptedException {
        ContainerKind kind = options.container();
        List<Listener> listeners = options.listeners();
        HttpAddress statsAddress = options.stats();
        WorkerSettings settings = options.settings();
        Provisions provisions = given.get();
        Content checked = content.get();
        TouchFile touched = touchReload == null ? null : TouchFile.of(touchReload);
        LauncherLog log = LauncherLog.install(options.verbose());
        Backlog.warning(settings).ifPresent(ServerRun::warn);
        provisions.users().warning().ifPresent(ServerRun::warn);
        provisions.jndi().warning().ifPresent(ServerRun::warn);
        for (Listener listener : listeners) {
            if (listener instanceof Listener.Tls tls) {
                tls.identity().warning(Instant.now()).ifPresent(ServerRun::warn);
            }
        }

        AtomicReference<@Nullable RunningServer> running = new AtomicReference<>();
        // before there is a server: until there is a handler, the signal ends the process
        onHangup(options, touched != null, running);
        // before the server: if its port is taken, there is nothing to stop
        StatsServer stats = statsAddress == null ? null : StatsServer.start(statsAddress);
        RunningServer server = start(kind, listeners, checked, provisions, settings, log, stats);
        if (touched != null) {
            server.reloadWhenTouched(touched);
        }
        running.set(server);
        if (stats != null) {
            stats.tellOf(server.workers());
        }
        ServerEnd.prepare(server, stats);
        log.release();
        System.out.println(server.startLine());
        if (stats != null) {
            System.out.println("stats on " + stats.url());
        }
        if (options.verbose()) {
            settings.describe().forEach(line -> System.out.println("  " + line));
        }
        new CountDownLatch(1).await();
    }

    private static void warn(String warning) {
        System.err.println("treadle: " + warning);
    }

    private static RunningServer start(
            ContainerKind kind,
            List<Listener> listeners,
            Content content,
            Provisions provisions,
            WorkerSettings settings,
            LauncherLog log,
            @Nullable StatsServer stats) {
        boolean started = false;
        try {
            RunningServer server =
                    RunningServer.start(kind, listeners, content, provisions, settings, log);
            started = true;
            return server;
        } finally {
            if (!started && stats != null) {
                stats.close();
            }
        }
    }

    private static void onHangup(
            ServerOptions options,
            boolean reloads,
            AtomicReference<@Nullable RunningServer> running) {
        boolean reads = options.config() != null;
        if (!reads && !reloads) {
            Signals.handle("HUP", ServerRun::nothingToDo);
            return;
        }
        switch (Signals.handle("HUP", () -> hangUp(options, reloads, running.get()))) {
            case HANDLED -> {}
            case IGNORED ->
                    warn(
                            "SIGHUP is ignored by who started this (nohup?), so the file of --config"
                                    + " is not read again, and the signal reloads nothing; start it with:"
                                    + " env --default-signal=HUP");
            case UNAVAILABLE -> {
                if (reads) {
                    throw new StartFailedException(
                            "--config: SIGHUP cannot be handled on this JVM (expected: the module"
                                    + " jdk.unsupported, and no -Xrs)",
                            null);
                }
                // the file of --touch-reload reloads as well
            }
        }
    }

    /**
     * A daemon that has nothing to do at SIGHUP goes on. If the signal is ignored, or cannot be
     * handled, no requested feature is missing.
     */
    private static void nothingToDo() {
        warn(
                "SIGHUP: nothing to read again (expected: treadle --config FILE) or to reload"
                        + " (expected: --touch-reload FILE); the server goes on as it is");
    }

    private static void hangUp(
            ServerOptions options, boolean reloads, @Nullable RunningServer server) {
        if (server == null) {
            return; // it is starting, by what the file says
        }
        if (options.config() != null) {
            readAgain(options, server);
        }
        if (reloads) {
            server.askReload();
        }
    }

    /** A mistake in the file changes nothing: the server runs on with what it has. */
    private static void readAgain(ServerOptions options, RunningServer server) {
        try {
            server.workers().switchTo(options.settings());
            System.out.println("switched to " + server.workers().settings().summary());
        } catch (RuntimeException mistake) {
            System.err.println(
                    "treadle: "
                            + mistake.getMessage()
                            + "; nothing is changed, it runs on with "
                            + server.workers().settings().summary());
        }
    }
}
