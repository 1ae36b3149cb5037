package dev.treadle.launcher;

import dev.treadle.Workers;
import dev.treadle.launcher.host.ApplicationFailedException;
import dev.treadle.launcher.host.ContainerHost;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.FormerVersion;
import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.host.WarVersion;
import dev.treadle.spi.ServerWorkers;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reloads the applications of a running server, one after another. Each has a fate of its own: one
 * whose new version does not start goes on with the version before. For one thread at a time.
 */
final class Reload {
    private static final Logger LOG = System.getLogger("dev.treadle.launcher");

    private final ContainerHost host;
    private final Staging staging;
    private final LauncherLog log;
    private final Workers workers;

    /** The version that has the requests, by context path. */
    private final Map<String, WarVersion> current = new HashMap<>();

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

    /** Reloads all applications, and tells the outcome of each. */
    void all() throws InterruptedException {
        for (WarVersion running : List.copyOf(current.values())) {
            one(running);
        }
    }

    private void one(WarVersion running) throws InterruptedException {
        long begin = System.nanoTime();
        FormerVersion former = replace(running);
        if (former != null) {
            System.out.printf(
                    "reloaded %s from %s in %d ms%n",
                    running.war().contextPath(),
                    running.war().file(),
                    Duration.ofNanos(System.nanoTime() - begin).toMillis());
            end(former, running);
        }
    }

    /** Returns the version before; null if the new one has not started, which is told then. */
    private @Nullable FormerVersion replace(WarVersion running) {
        Content.War war = running.war();
        WarVersion next = null;
        log.holdThisThread();
        try {
            next = staging.next(war);
            WarVersion starting = next;
            FormerVersion former = Containers.inItsClassLoader(host, () -> host.replace(starting));
            current.put(war.contextPath(), next);
            log.release();
            return former;
        } catch (Throwable failed) {
            // any Throwable: a class the application lacks is an Error, and the server goes on
            tell(war, failed);
            if (next != null) {
                staging.remove(next);
            }
            return null;
        }
    }

    private void tell(Content.War war, Throwable failed) {
        boolean known =
                failed instanceof ApplicationFailedException
                        || failed instanceof StartFailedException;
        StartFailedException explained =
                StartFailures.explain(
                        known ? failed : new ApplicationFailedException(war, failed),
                        log.firstError(),
                        "The version before goes on; mend it and reload");
        log.forget();
        System.err.println("treadle: " + explained.getMessage());
        LOG.log(Level.DEBUG, "the reload of " + war.contextPath() + " failed", failed);
    }

    /** Stops a version when the requests inside it have left, or the grace is over. */
    private void end(FormerVersion former, WarVersion version) throws InterruptedException {
        Duration grace = workers.settings().drain();
        long inside = former.awaitNobodyInside(grace);
        if (inside > 0) {
            LOG.log(
                    Level.WARNING,
                    "reload of {0}: {1} requests are still inside the version before, {2} ms after the"
                            + " reload (expected: none after the setting drain); it is stopped now",
                    version.war().contextPath(),
                    String.valueOf(inside),
                    String.valueOf(grace.toMillis()));
        }
        try {
            // else threads of a pool keep what the application has left in them
            ServerWorkers.of(workers).renewThreads();
            Containers.inItsClassLoader(
                    host,
                    () -> {
                        former.stop();
                        return Boolean.TRUE;
                    });
        } catch (Exception | LinkageError broken) {
            LOG.log(
                    Level.WARNING,
                    "the version of "
                            + version.war().contextPath()
                            + " before the reload did not stop in order",
                    broken);
        }
        staging.remove(version);
    }
}
