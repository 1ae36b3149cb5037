package dev.treadle.launcher;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.launcher.host.ContainerHost;
import dev.treadle.launcher.host.ListenFailedException;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.host.Site;
import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.host.WarVersion;
import dev.treadle.launcher.host.WorkDirectory;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A server that answers: the workers, the container they are installed in, and its files. */
final class RunningServer {
    private static final Logger LOG = System.getLogger("dev.treadle.launcher");

    private final ContainerHost host;
    private final Workers workers;
    private final WorkDirectory files;
    private final List<Listener> listeners;
    private final Installation installation;
    private final Reloads reloads;

    private RunningServer(
            ContainerHost host,
            Workers workers,
            WorkDirectory files,
            List<Listener> listeners,
            Installation installation,
            Reloads reloads) {
        this.host = host;
        this.workers = workers;
        this.files = files;
        this.listeners = listeners;
        this.installation = installation;
        this.reloads = reloads;
    }

    /**
     * Starts a server; nothing of it is left if that fails. No port is open before all applications
     * have started.
     *
     * @throws StartFailedException if the container or an application does not start
     * @throws dev.treadle.HubsUnavailableException if the model is gevent and this JVM cannot have
     *     hubs
     */
    static RunningServer start(ServerPlan plan, LauncherLog log) {
        requireFreePorts(plan.listeners(), plan.settings());
        // early, because it fails early: no container is started for a model that cannot be had
        Workers workers = Workers.open(plan.settings());
        ContainerHost host;
        WorkDirectory files;
        try {
            host = plan.kind().newHost();
            files = workDirectory(plan.workdir());
        } catch (StartFailedException noContainer) {
            workers.close();
            throw noContainer;
        }
        try {
            Staging staging = new Staging(files.path(), plan.provisions().migrate());
            List<WarVersion> versions = staging.first(plan.content());
            Site site =
                    new Site(
                            plan.listeners(),
                            plan.content(),
                            versions,
                            plan.provisions(),
                            plan.http(),
                            files.path());
            Installation installation =
                    Containers.inItsClassLoader(host, () -> host.start(site, workers));
            Reload reload = new Reload(host, staging, versions, log, workers);
            return new RunningServer(
                    host, workers, files, plan.listeners(), installation, new Reloads(reload));
        } catch (Throwable failed) {
            // any Throwable: a class the application lacks is an Error, and a half-started server
            // must not be left
            takeNoRequests(workers);
            stop(host, workers, files);
            throw StartFailures.explain(
                    failed,
                    log.firstError(),
                    plan.provisions().migrate(),
                    "Mend it and start again");
        }
    }

    private static void requireFreePorts(List<Listener> listeners, WorkerSettings settings) {
        try {
            PortCheck.requireFree(listeners, settings.reusePort());
        } catch (ListenFailedException taken) {
            throw StartFailures.explain(taken, Optional.empty(), false, "");
        }
    }

    /** No load balancer has to be told of this stop, so it has no delay. */
    private static void takeNoRequests(Workers workers) {
        try {
            workers.drain(Duration.ZERO);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static WorkDirectory workDirectory(@Nullable Path parent) {
        try {
            return parent == null ? WorkDirectory.create() : WorkDirectory.in(parent);
        } catch (IOException failed) {
            if (parent != null) {
                throw new StartFailedException(
                        "--workdir: "
                                + parent
                                + " (expected: a directory that can be written): "
                                + failed,
                        failed);
            }
            throw new StartFailedException(
                    "java.io.tmpdir: "
                            + System.getProperty("java.io.tmpdir")
                            + " (expected: a directory that can be written): set another with -Djava.io.tmpdir",
                    failed);
        }
    }

    /** Returns the one line that says what runs and where. */
    String startLine() {
        List<String> urls = new ArrayList<>();
        List<Integer> ports = host.ports();
        for (int i = 0; i < listeners.size(); i++) {
            urls.add(listeners.get(i).url(ports.get(i)));
        }
        return installation.startLine() + ", listening on " + String.join(" and ", urls);
    }

    /** Reloads the applications each time that the file is touched. */
    void reloadWhenTouched(TouchFile file) {
        reloads.begin(file);
    }

    /** Asks for a reload. To be called after {@link #reloadWhenTouched}. */
    void askReload() {
        reloads.ask();
    }

    /**
     * Takes no new connection, and gives the requests inside the grace of the settings. The
     * application is as it was after that, but for its requests.
     *
     * @throws InterruptedException if interrupted while waiting
     */
    void drain() throws InterruptedException {
        reloads.noMore();
        workers.prepareStop();
        stopListening();
        workers.drain(workers.settings().drain());
    }

    private void stopListening() {
        try {
            Containers.inItsClassLoader(
                    host,
                    () -> {
                        host.stopListening();
                        return Boolean.TRUE;
                    });
        } catch (Exception | LinkageError broken) {
            LOG.log(Level.WARNING, "a listening socket did not close in order", broken);
        }
    }

    /** Ends everything. To be called after {@link #drain}. */
    void stop() {
        if (reloads.end()) {
            stop(host, workers, files);
        } else {
            LOG.log(
                    Level.WARNING,
                    "a new version of an application is still starting: the server ends without"
                            + " stopping its applications in order");
            end(workers, files);
        }
    }

    Workers workers() {
        return workers;
    }

    private static void stop(ContainerHost host, Workers workers, WorkDirectory files) {
        try {
            Containers.inItsClassLoader(
                    host,
                    () -> {
                        host.stop();
                        return Boolean.TRUE;
                    });
        } catch (Exception | LinkageError broken) {
            LOG.log(Level.WARNING, "the container did not stop in order", broken);
        }
        end(workers, files);
    }

    private static void end(Workers workers, WorkDirectory files) {
        workers.close();
        try {
            files.close();
        } catch (IOException left) {
            LOG.log(Level.WARNING, "temporary files are left in " + files.path(), left);
        }
    }
}
