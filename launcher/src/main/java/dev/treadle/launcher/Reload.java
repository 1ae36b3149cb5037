package dev.treadle.launcher;

import dev.treadle.Workers;
import dev.treadle.launcher.host.ApplicationFailedException;
import dev.treadle.launcher.host.ContainerHost;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.FormerVersion;
import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.host.WarVersion;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.spi.ServerWorkers;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reloads the applications of a running server. Each has a fate of its own: one whose new version
 * does not start goes on with the version before. For one thread at a time, but for {@link
 * #noMore}.
 */
final class Reload {
    private static final Logger LOG = System.getLogger("dev.treadle.launcher");
    private static final String ADVICE = "The version before goes on; mend it and reload";

    private final ContainerHost host;
    private final Staging staging;
    private final LauncherLog log;
    private final Workers workers;

    /** The version that has the requests, by context path, in the order of the command line. */
    private final Map<String, WarVersion> current = new LinkedHashMap<>();

    private volatile boolean over;

    /**
     * A version that has no more requests than those inside it.
     *
     * @param sinceNanos when it got the last one
     */
    private record Replaced(WarVersion version, FormerVersion former, long sinceNanos) {}

    /**
     * @param running the first version of each application
     * @param workers those that run the requests
     */
    Reload(
            ContainerHost host,
            Staging staging,
            List<WarVersion> running,
            LauncherLog log,
            Workers workers) {
        this.host = host;
        this.staging = staging;
        this.log = log;
        this.workers = workers;
        running.forEach(version -> current.put(version.war().contextPath(), version));
    }

    /** Starts no further version: the server stops. */
    void noMore() {
        over = true;
    }

    /**
     * Starts a new version of each application, one after another, and tells the outcome of each.
     * Then stops the versions before, which have got no requests meanwhile.
     */
    void all() throws InterruptedException {
        List<Replaced> all = new ArrayList<>();
        for (WarVersion running : List.copyOf(current.values())) {
            if (!over) {
                replace(running).ifPresent(all::add);
            }
        }
        for (Replaced replaced : all) {
            end(replaced);
        }
    }

    /** Returns the version before; empty if the new one has not started. */
    private Optional<Replaced> replace(WarVersion running) {
        Content.War war = running.war();
        long begin = System.nanoTime();
        WarVersion next = null;
        log.holdThisThread();
        try {
            WarFile.requireUsable(war.file());
            next = staging.next(war);
            WarVersion starting = next;
            FormerVersion former = Containers.inItsClassLoader(host, () -> host.replace(starting));
            long now = System.nanoTime();
            current.put(war.contextPath(), next);
            log.release();
            Console.say(
                    "reloaded "
                            + war.contextPath()
                            + " from "
                            + war.file()
                            + " in "
                            + Duration.ofNanos(now - begin).toMillis()
                            + " ms");
            return Optional.of(new Replaced(running, former, now));
        } catch (Throwable failed) {
            // any Throwable: a class the application lacks is an Error, and the server goes on
            tell(war, failed);
            if (next != null) {
                staging.remove(next);
            }
            return Optional.empty();
        }
    }

    private void tell(Content.War war, Throwable failed) {
        String message =
                switch (failed) {
                    case InvalidSettingException file -> file.getMessage() + ". " + ADVICE;
                    case StartFailedException copy -> copy.getMessage() + ". " + ADVICE;
                    case ApplicationFailedException application -> explained(application);
                    default -> explained(new ApplicationFailedException(war, failed));
                };
        log.forget();
        Console.warn(message);
        LOG.log(Level.INFO, "the reload of " + war.contextPath() + " failed", failed);
    }

    private String explained(ApplicationFailedException failed) {
        return String.valueOf(
                StartFailures.explain(failed, log.firstError(), staging.migrates(), ADVICE)
                        .getMessage());
    }

    /** Stops a version when the requests inside it have left, or the grace is over. */
    private void end(Replaced replaced) throws InterruptedException {
        String path = replaced.version().war().contextPath();
        Duration grace = workers.settings().drain();
        Duration passed = Duration.ofNanos(System.nanoTime() - replaced.sinceNanos());
        Duration left = grace.compareTo(passed) > 0 ? grace.minus(passed) : Duration.ZERO;
        long inside = replaced.former().awaitNobodyInside(left);
        if (inside > 0) {
            LOG.log(
                    Level.WARNING,
                    "reload of {0}: {1} requests are still inside the version before, {2} ms after the"
                            + " reload (expected: none after the setting drain); it is stopped now",
                    path,
                    String.valueOf(inside),
                    String.valueOf(grace.toMillis()));
        }
        try {
            // else threads of a pool keep what the application has left in them
            ServerWorkers.of(workers).renewThreads();
            Containers.inItsClassLoader(
                    host,
                    () -> {
                        replaced.former().stop();
                        return Boolean.TRUE;
                    });
        } catch (Exception | LinkageError broken) {
            LOG.log(
                    Level.WARNING,
                    "the version of " + path + " before the reload did not stop in order",
                    broken);
        }
        staging.remove(replaced.version());
    }
}
