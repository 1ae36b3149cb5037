package dev.treadle.launcher;

import dev.treadle.launcher.host.ContainerKind;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.provision.Provisions;
import dev.treadle.launcher.stats.StatsPlan;
import dev.treadle.launcher.stats.StatsServer;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
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
        Console.use(options.logs().format());
        ContainerKind kind = options.container();
        List<Listener> listeners = options.listeners();
        StatsPlan statsPlan = options.stats().plan();
        WorkerSettings settings = options.settings();
        options.logs().check();
        options.requests().read(null);
        Path workdir = options.workdir();
        Provisions provisions = given.get();
        if (options.showConfig()) {
            options.describe().forEach(System.out::println);
            return;
        }
        Content checked = content.get();
        if (checked instanceof Content.Wars wars) {
            wars.wars().forEach(war -> options.requests().requireFree(war.contextPath()));
        }
        TouchFile touched = touchReload == null ? null : TouchFile.of(touchReload);
        RequestLog requests = options.logs().open();
        LauncherLog log = LauncherLog.install(options.verbose(), options.logs().format());
        Backlog.warning(settings).ifPresent(Console::warn);
        options.stats().warning().ifPresent(Console::warn);
        provisions.users().warning().ifPresent(Console::warn);
        provisions.jndi().warning().ifPresent(Console::warn);
        for (Listener listener : listeners) {
            if (listener instanceof Listener.Tls tls) {
                tls.keys().identity().warning(Instant.now()).ifPresent(Console::warn);
            }
        }

        AtomicReference<@Nullable RunningServer> running = new AtomicReference<>();
        // before there is a server: until there is a handler, the signal ends the process
        Hangup hangup = new Hangup();
        if (options.hasConfig()) {
            hangup.on("--config", () -> readAgain(options, running.get()));
        }
        if (requests != null && options.logs().hasFile()) {
            hangup.on("--access-log", requests::reopen);
        }
        for (Listener listener : listeners) {
            if (listener instanceof Listener.Tls tls) {
                hangup.also(CertificateWatch.start(tls.keys())::readAgain);
            }
        }
        if (touched != null) {
            // after the settings are read again; without the signal, to touch the file does the
            // same
            hangup.also(() -> reload(running.get()));
        }
        hangup.handle();
        ServerPlan plan =
                new ServerPlan(
                        kind,
                        listeners,
                        checked,
                        provisions,
                        options.requests().read(requests),
                        settings,
                        workdir);
        // before the server: if its port is taken, there is nothing to stop
        StatsServer stats = statsPlan == null ? null : StatsServer.start(statsPlan);
        RunningServer server = start(plan, log, stats);
        if (touched != null) {
            server.reloadWhenTouched(touched);
        }
        running.set(server);
        if (stats != null) {
            stats.tellOf(server.workers());
        }
        ServerEnd.prepare(server, stats, requests);
        log.release();
        Console.say(server.startLine());
        if (stats != null) {
            Console.say("stats on " + stats.url());
        }
        if (options.verbose()) {
            settings.describe().forEach(line -> Console.say("  " + line));
        }
        new CountDownLatch(1).await();
    }

    private static RunningServer start(
            ServerPlan plan, LauncherLog log, @Nullable StatsServer stats) {
        boolean started = false;
        try {
            RunningServer server = RunningServer.start(plan, log);
            started = true;
            return server;
        } finally {
            if (!started && stats != null) {
                stats.close();
            }
        }
    }

    private static void reload(@Nullable RunningServer server) {
        if (server != null) {
            server.askReload();
        }
    }

    /** A mistake in the file changes nothing: the server runs on with what it has. */
    private static void readAgain(ServerOptions options, @Nullable RunningServer server) {
        if (server == null) {
            return; // it is starting, by what the file says
        }
        try {
            server.workers().switchTo(options.settings());
            Console.say("switched to " + server.workers().settings().summary());
        } catch (RuntimeException mistake) {
            Console.warn(
                    mistake.getMessage()
                            + "; nothing is changed, it runs on with "
                            + server.workers().settings().summary());
        }
    }
}
