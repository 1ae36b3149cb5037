package dev.treadle;

import static java.util.Objects.requireNonNull;

import dev.treadle.internal.Engine;
import dev.treadle.internal.GeventEngine;
import dev.treadle.internal.ThreadsEngine;
import dev.treadle.internal.VirtualEngine;
import dev.treadle.internal.Watching;
import dev.treadle.loop.HubLoops;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/**
 * The workers of one server: an executor that runs everything the container has to run, and a gate
 * that admits its requests. Open them from settings, install them in a container through its
 * adapter, and close them after the container has stopped:
 *
 * <pre>{@code
 * Workers workers = Workers.open(WorkerSettings.gevent(1000));
 * TomcatWorkers.install(tomcat, workers);
 * tomcat.start();
 * ...
 * tomcat.stop();
 * workers.close();
 * }</pre>
 *
 * <p>Safe for any thread.
 */
public final class Workers implements AutoCloseable {
    private static final Logger LOG = System.getLogger("dev.treadle.workers");

    /** How long interrupted requests and tasks get to end before they are reported and left. */
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(2);

    /** Since JDK 24 a virtual thread that waits in synchronized is unmounted (JEP 491). */
    private static final int UNMOUNTS_MONITORS = 24;

    private final WorkerSettings settings;
    private final Engine engine;
    private final WorkerExecutor executor;
    private final Gate gate;
    private final @Nullable Harakiri harakiri;

    // guarded by this
    private final Deque<AutoCloseable> closedWithThese = new ArrayDeque<>();
    private @Nullable String installedIn;
    private String hubCarriers = "on threads of their own";
    private boolean closed;

    private Workers(WorkerSettings settings, Engine engine) {
        this.settings = settings;
        this.engine = engine;
        this.executor = new WorkerExecutor(engine);
        this.gate = new Gate(settings.limit(), settings.queue(), settings.queueTimeout(), engine);
        Duration longest = settings.harakiri();
        this.harakiri =
                longest == null ? null : new Harakiri(gate, longest, settings.model()).start();
    }

    /**
     * Opens workers.
     *
     * @throws HubsUnavailableException if the model is gevent and this JVM cannot have hubs; no
     *     other model is run in its name
     */
    public static Workers open(WorkerSettings settings) {
        requireNonNull(settings, "settings");
        RequestOf requestOf = new RequestOf();
        Engine engine =
                switch (settings.model()) {
                    case THREADS -> new ThreadsEngine(settings.limit());
                    case VIRTUAL -> new VirtualEngine();
                    case GEVENT -> {
                        Treadle.hubProblem()
                                .ifPresent(problem -> {
                                    throw new HubsUnavailableException(settings, problem);
                                });
                        yield gevent(settings, requestOf);
                    }
                };
        Workers workers = new Workers(settings, engine);
        requestOf.gate = workers.gate();
        return workers;
    }

    private static GeventEngine gevent(WorkerSettings settings, RequestOf requestOf) {
        return new GeventEngine(
                settings.hubs(),
                new Watching(settings.retake(), settings.maxBlockingTime(), requestOf));
    }

    /** Tells which request a thread runs. The watch may ask before there is a gate. */
    private static final class RequestOf implements Function<Thread, String> {
        private volatile @Nullable Gate gate;

        @Override
        public String apply(Thread thread) {
            Gate known = gate;
            return known == null ? "" : known.requestOn(thread);
        }
    }

    /** Returns the settings these workers were opened with. */
    public WorkerSettings settings() {
        return settings;
    }

    /**
     * Returns the executor for everything the container runs. It takes every task while the workers
     * are open, however many there are: the limit is the gate's. Its {@code shutdown} does nothing;
     * {@link #close} ends it.
     */
    public ExecutorService executor() {
        return executor;
    }

    /** Returns the gate that admits requests. */
    public Gate gate() {
        return gate;
    }

    /**
     * Returns the hubs for the event loops of a container to carry; empty if the model has none, or
     * {@link WorkerSettings#hubLoop} is off, or this JVM unmounts no virtual thread that waits in
     * {@code synchronized} (before JDK 24) and {@link WorkerSettings#retake} is off: there a
     * greenlet that holds its loop's thread could wait for that very loop for ever.
     */
    public Optional<HubLoops> hubLoops() {
        return whyNoLoops().isEmpty() && engine instanceof GeventEngine gevent
                ? Optional.of(gevent.loops())
                : Optional.empty();
    }

    private Optional<String> whyNoLoops() {
        if (!settings.hubLoop()) {
            return Optional.of("hub-loop=off");
        }
        if (settings.retake() == null && Runtime.version().feature() < UNMOUNTS_MONITORS) {
            return Optional.of("retake=off on a JDK before " + UNMOUNTS_MONITORS);
        }
        return Optional.empty();
    }

    /**
     * Says what carries the hubs, for the start line. An adapter calls it whose loops do.
     *
     * @param loops such as {@code Tomcat's pollers}
     */
    public synchronized void hubsCarriedBy(String loops) {
        hubCarriers = "carried by " + loops;
    }

    /**
     * Says why the hubs have threads of their own although loops were to carry them. An adapter
     * calls it that cannot.
     *
     * @throws IllegalStateException if somebody has set hub-loop to on: what was asked for is not
     *     to be had
     */
    public synchronized void hubsNotCarried(String reason) {
        String origin = settings.sources().get(Setting.HUB_LOOP);
        if (origin != null && settings.hubLoop()) {
            throw new IllegalStateException(
                    origin
                            + ": on (expected: off, or leave it out): "
                            + reason
                            + ", so the hubs cannot be carried by its event loops");
        }
        hubCarriers = "on threads of their own: " + reason;
    }

    /** Returns what the start line says of the hubs; empty for a model without. */
    synchronized String hubWords() {
        if (settings.hubs() == 0) {
            return "";
        }
        return " ("
                + whyNoLoops().map(why -> "on threads of their own: " + why).orElse(hubCarriers)
                + ")";
    }

    /** Returns one snapshot of what goes on. */
    public WorkerStats stats() {
        return gate.stats(
                settings,
                harakiri == null ? 0 : harakiri.struck(),
                engine instanceof GeventEngine gevent ? gevent : null);
    }

    /**
     * Takes no new request, and waits for those inside and in line. After the grace what is still
     * in line is refused; what is still inside is interrupted, gets up to two seconds to end, and
     * is reported and logged. The executor stays open: a container needs it to stop. {@link
     * #resume} takes requests again, and ends a drain that still waits.
     *
     * @param grace how long requests may take to end by themselves; zero: they are interrupted at
     *     once
     * @throws InterruptedException if interrupted while waiting; requests are still refused
     */
    public DrainReport drain(Duration grace) throws InterruptedException {
        requireNonNull(grace, "grace");
        long start = System.nanoTime();
        gate.shut();
        List<RunningRequest> cutOff = List.of();
        if (!gate.awaitEmpty(grace)) {
            cutOff = gate.cutOff();
            gate.awaitEmpty(AFTER_INTERRUPT);
        }
        if (!cutOff.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "drain: {0} requests still ran after the grace of {1} and were interrupted: {2}",
                    cutOff.size(),
                    Durations.format(grace),
                    cutOff);
        }
        return new DrainReport(Duration.ofNanos(System.nanoTime() - start), cutOff);
    }

    /**
     * Takes requests again after a drain. An adapter calls it when its container starts once more.
     *
     * @throws IllegalStateException if the workers are closed
     */
    public void resume() {
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException(
                        "workers: closed (expected: open); open new ones with Workers.open and install those");
            }
        }
        gate.open();
    }

    /**
     * Notes that these workers are installed. An adapter calls it first: workers serve one
     * container.
     *
     * @param container such as {@code Tomcat 11.0.25}
     * @throws IllegalStateException if they are installed already, or closed
     */
    public synchronized void installed(String container) {
        if (closed) {
            throw new IllegalStateException(
                    "workers: closed (expected: open); open new ones with Workers.open");
        }
        if (installedIn != null) {
            throw new IllegalStateException(
                    "workers: installed in "
                            + installedIn
                            + " already (expected: one container); open others for "
                            + container);
        }
        installedIn = container;
    }

    /**
     * Closes {@code resource} as part of {@link #close}, after the drain and before the executor
     * ends; last in, first out.
     */
    public synchronized void closeWithThese(AutoCloseable resource) {
        closedWithThese.push(requireNonNull(resource, "resource"));
    }

    /**
     * Drains with the grace of the settings, then ends the executor: tasks that still run are
     * interrupted. Threads that do not end even so are logged and left. Calling it again is
     * harmless. To be called after the container has stopped.
     */
    @Override
    public void close() {
        Deque<AutoCloseable> resources;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            resources = new ArrayDeque<>(closedWithThese);
            closedWithThese.clear();
        }
        try {
            drain(settings.drain());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        resources.forEach(Workers::closeQuietly);
        if (harakiri != null) {
            harakiri.close();
        }
        endEngine();
        executor.closed();
        UnaskedFailure.logOpen();
    }

    private void endEngine() {
        try {
            // requests were given their grace; what runs now are tasks without a request, which get
            // none
            List<String> left = engine.close(Duration.ZERO, AFTER_INTERRUPT);
            if (!left.isEmpty()) {
                LOG.log(
                        Level.WARNING,
                        "close: tasks that ignore their interrupt are left running on {0}",
                        left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception broken) {
            LOG.log(Level.WARNING, "close: " + resource + " could not be closed", broken);
        }
    }
}
