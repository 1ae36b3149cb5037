package dev.treadle;

import static java.util.Objects.requireNonNull;

import dev.treadle.internal.base.Durations;
import dev.treadle.internal.engine.Engine;
import dev.treadle.internal.engine.GeventEngine;
import dev.treadle.internal.engine.SwitchableEngine;
import dev.treadle.internal.engine.ThreadsEngine;
import dev.treadle.internal.engine.VirtualEngine;
import dev.treadle.internal.gate.DeadPatterns;
import dev.treadle.internal.gate.Harakiri;
import dev.treadle.internal.gate.RequestGate;
import dev.treadle.internal.gate.RequestPermit;
import dev.treadle.internal.hub.Watching;
import dev.treadle.internal.server.ServerSide;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.LimitSettings;
import dev.treadle.settings.Setting;
import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.stats.DrainReport;
import dev.treadle.stats.EngineStats;
import dev.treadle.stats.GateStats;
import dev.treadle.stats.HubStats;
import dev.treadle.stats.LimitStats;
import dev.treadle.stats.Refusals;
import dev.treadle.stats.Report;
import dev.treadle.stats.RequestReport;
import dev.treadle.stats.RequestView;
import dev.treadle.stats.RunningRequest;
import dev.treadle.stats.WorkerStats;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

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
 * <p>The threads that run tasks have the context class loader of the thread that has opened the
 * workers. A switch on another thread does not change this. The workers keep no other reference to
 * an application: one that is undeployed while they stay open can be unloaded.
 *
 * <p>Safe for any thread.
 *
 * @since 0.2.0
 */
public final class Workers implements AutoCloseable {
    private static final Logger LOG = System.getLogger("dev.treadle.workers");

    /** How long requests that were interrupted get to end before they are reported and left. */
    private static final Duration AFTER_INTERRUPT = Duration.ofMillis(1_500);

    /** The time that a stop may take beyond its grace. */
    private static final Duration AFTER_GRACE = Duration.ofSeconds(2);

    /**
     * How long tasks without a request get at least to end when the engine is closed. They get what
     * is left of the time after the grace, if that is more.
     */
    private static final Duration ENGINE_END = AFTER_GRACE.minus(AFTER_INTERRUPT);

    /**
     * A connection that was accepted just before the listener closed brings its request a moment
     * later: it is still admitted for this time at most, if the stop has a delay.
     */
    private static final Duration LINGER = Duration.ofMillis(500);

    /** How long to wait from one attempt to end a request to the next: some take several. */
    private static final Duration AFTER_ATTEMPT = Duration.ofMillis(150);

    static {
        ServerSide.lookInto(workers -> ((Workers) workers).serverSide);
    }

    private final SwitchableEngine engine;
    private final Reporting reporting;

    /** That of the thread which has opened the workers. */
    private final @Nullable ClassLoader contextLoader =
            Thread.currentThread().getContextClassLoader();

    private final RequestGate gate;
    private final ServerSide serverSide;
    private final Harakiri harakiri;

    /** Held by the thread that changes settings, one at a time. */
    private final ReentrantLock switching = new ReentrantLock();

    private volatile WorkerSettings settings; // written under switching
    private volatile long switches; // written under switching

    private final NamedLimits limits;

    private final List<Consumer<String>> limitListeners = new CopyOnWriteArrayList<>();

    // guarded by this
    private final Deque<AutoCloseable> closedWithThese = new ArrayDeque<>();
    private @Nullable String installedIn;
    private boolean closed;
    private boolean stopping; // guarded by this, like the next
    private long stopEnds; // the end of its grace, by System.nanoTime

    private Workers(WorkerSettings settings, Engine engine, Reporting reporting) {
        this.settings = settings;
        this.engine = new SwitchableEngine(engine);
        this.reporting = reporting;
        this.limits = new NamedLimits(this.engine);
        this.gate = new RequestGate(settings, this.engine).start();
        this.serverSide = new ServerSide(new Owner(), this.engine, gate);
        this.harakiri = new Harakiri(gate, settings, reporting.log::add).start();
        reporting.gate = gate;
    }

    /**
     * Opens workers.
     *
     * @throws HubsUnavailableException if the model is gevent and this JVM cannot have hubs; no
     *     other model runs instead
     */
    public static Workers open(WorkerSettings settings) {
        requireNonNull(settings, "settings");
        Reporting reporting = new Reporting();
        requireHubs(settings);
        return new Workers(settings, newEngine(settings, reporting), reporting);
    }

    /**
     * Makes the engine of a switch. Its threads get the context class loader that the first ones
     * have. The loader of the thread that switches would be wrong: it is the system's (JMX, a
     * signal) or that of an application (a request).
     */
    private Engine nextEngine(WorkerSettings next) {
        Thread current = Thread.currentThread();
        ClassLoader before = current.getContextClassLoader();
        current.setContextClassLoader(contextLoader);
        try {
            return newEngine(next, reporting);
        } finally {
            current.setContextClassLoader(before);
        }
    }

    private static Engine newEngine(WorkerSettings settings, Reporting reporting) {
        return switch (settings.model()) {
            case THREADS ->
                    new ThreadsEngine(
                            settings.limit(),
                            WorkerSettings.priorityLimit(settings.limit()) + settings.streams());
            case VIRTUAL -> new VirtualEngine();
            case GEVENT ->
                    new GeventEngine(
                            settings.hubs(), watching(settings, reporting), settings.hubSockets());
        };
    }

    private static void requireHubs(WorkerSettings settings) {
        if (settings.model() == WorkerModel.GEVENT) {
            Treadle.hubProblem()
                    .ifPresent(problem -> {
                        throw new HubsUnavailableException(settings, problem);
                    });
        }
    }

    private static Watching watching(WorkerSettings settings, Reporting reporting) {
        return new Watching(
                settings.retake(),
                settings.maxBlockingTime(),
                reporting::requestOn,
                reporting.log::add);
    }

    /**
     * Switches to other settings while running: another model, another N, or any other setting but
     * those of the socket. No request is lost, refused or moved: those inside and in the queue end
     * where they are, new ones start on the new engine, and the old engine's threads end with their
     * last task. A changed N takes effect at once in both directions: a greater one admits waiting
     * requests, a smaller one admits none until enough have left.
     *
     * <p>Hubs are not ended while another model runs. They are kept, with their threads asleep, and
     * a switch back to the same number of hubs uses them again. The reasons: event loops of the
     * container stay bound to the hubs they carry, and virtual threads that a request has started
     * may live on there. After a switch to another number of hubs, the new hubs have threads of
     * their own.
     *
     * @throws HubsUnavailableException if the model is gevent and this JVM cannot have hubs
     * @throws InvalidSettingException if {@code listen}, {@code reuse-port} or {@code hub-loop} is
     *     set to another value: they take effect only when a server starts
     * @throws IllegalStateException if the workers are closed. After any exception, the old
     *     settings are in force
     */
    public void switchTo(WorkerSettings next) {
        requireNonNull(next, "settings");
        switching.lock();
        try {
            WorkerSettings before = settings;
            requireOpen();
            requireSwitchable(before, next);
            requireHubs(next);
            switchEngine(before, next);
            gate.change(next);
            harakiri.change(next);
            settings = next;
            long count = switches + 1;
            switches = count;
            limits.change(next);
            tellLimits(next);
            serverSide.tellSwitch(next);
            warnOfDeadPatterns(next);
            boolean ownThreads =
                    engine.current() instanceof GeventEngine hubs && !hubs.isCarriedByLoops();
            LOG.log(
                    Level.INFO,
                    "switched from {0} to {1}{2}",
                    before.summary(),
                    next.summary(),
                    ownThreads ? " (on threads of their own)" : "");
        } finally {
            switching.unlock();
        }
    }

    private void switchEngine(WorkerSettings before, WorkerSettings next) {
        Engine known = knownEngine(before, next);
        if (known != null) {
            engine.switchTo(known);
        } else {
            switchToNew(nextEngine(next));
        }
        if (engine.current() instanceof GeventEngine hubs) {
            hubs.watch(watching(next, reporting));
        }
    }

    private void switchToNew(Engine made) {
        boolean switched = false;
        try {
            engine.switchTo(made);
            switched = true;
        } finally {
            if (!switched) {
                endUnused(made);
            }
        }
    }

    private void renewPool() {
        switching.lock();
        try {
            requireOpen();
            if (settings.model() == WorkerModel.THREADS) {
                switchToNew(nextEngine(settings));
            }
        } finally {
            switching.unlock();
        }
    }

    /** Returns an engine of these workers that fits the new settings; null if there is none. */
    private @Nullable Engine knownEngine(WorkerSettings before, WorkerSettings next) {
        boolean sameModel = before.model() == next.model();
        return switch (next.model()) {
            case THREADS ->
                    sameModel
                                    && before.limit() == next.limit()
                                    && before.streams() == next.streams()
                            ? engine.current()
                            : null;
            case VIRTUAL -> sameModel ? engine.current() : null;
            case GEVENT -> engine.hubs(next.hubs());
        };
    }

    private static void endUnused(Engine made) {
        try {
            List<String> none = made.close(Duration.ZERO, Duration.ZERO);
            assert none.isEmpty() : none;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void requireSwitchable(WorkerSettings before, WorkerSettings next) {
        for (Map.Entry<Setting, String> each : next.sources().entrySet()) {
            Setting setting = each.getKey();
            // of a model without hubs nobody can tell what hub-loop would have been
            String now = setting.isTakenAtStart() ? before.text(setting) : null;
            String wanted = next.text(setting);
            if (now != null && !now.equals(wanted)) {
                throw new InvalidSettingException(
                        each.getValue(),
                        wanted,
                        now
                                + ", as now: it takes effect only when a server starts; restart with it, or leave it out");
            }
        }
    }

    /**
     * Returns the inner limit of this name, and makes it when it is asked for first, with a queue
     * as long as the limit and the time in the queue of the gate. Settings that name it ({@code
     * limit=payments=50}) win over {@code n}.
     *
     * @param name a plain name, such as {@code payments}
     * @param n how many at a time, [1, 10,000,000]
     * @throws InvalidSettingException if the name is no plain name, or n is out of its range
     */
    public Limit limit(String name, int n) {
        return limit(new LimitSettings(name, n, n, settings.queueTimeout()));
    }

    /**
     * Returns the inner limit of this name, and makes it when it is asked for first. Settings that
     * name it win over these.
     *
     * @throws InvalidSettingException if the name is that of a path, which the gate applies itself
     */
    public Limit limit(LimitSettings wanted) {
        if (wanted.isPath()) {
            throw new InvalidSettingException(
                    "limit",
                    wanted.name(),
                    "a plain name such as payments; a limit by path is a setting of the workers");
        }
        boolean known = limits.known(wanted.name()).isPresent();
        Limit limit = limits.get(wanted, settings);
        if (!known) {
            limitListeners.forEach(listener -> listener.accept(limit.name()));
        }
        return limit;
    }

    /**
     * Calls {@code listener} with the name of each inner limit: now for those there are, and later
     * for each new one, on the thread that makes it. It may be called again with the same name.
     */
    public void onLimit(Consumer<String> listener) {
        limitListeners.add(requireNonNull(listener, "listener"));
        stats().limits().forEach(limit -> listener.accept(limit.name()));
    }

    private void tellLimits(WorkerSettings now) {
        for (LimitSettings limit : now.limits()) {
            if (limit.isPath()) {
                limitListeners.forEach(listener -> listener.accept(limit.name()));
            }
        }
    }

    /**
     * Returns the state and counters of one inner limit. A limit by path that a switch has removed
     * is still found, so its counters never fall.
     *
     * @param name its path pattern or plain name
     */
    public Optional<LimitStats> limitStats(String name) {
        requireNonNull(name, "name");
        return gate.limitStats(name).or(() -> limits.known(name).map(Limit::stats));
    }

    /**
     * Calls {@code listener} with the time in the queue, in nanoseconds, at least 1, of each
     * request that leaves a queue of the gate or of a limit by path, admitted or not. Requests that
     * do not wait in the queue cost nothing. It is called on the thread that ends the wait, must
     * not block, and must be safe for any thread. Its exceptions are logged.
     */
    public void onLeftQueue(LongConsumer listener) {
        gate.onLeftQueue(safe(listener, "a time in the queue could not be recorded"));
    }

    /**
     * Calls {@code listener} with the time inside, in nanoseconds, at least 0, of each request that
     * completes: from its admission to its completion. Event streams that are counted apart from N
     * are left out. It is called on the thread that completes the request, after its place was
     * given back. It must not block, and must be safe for any thread. Its exceptions are logged.
     */
    public void onCompleted(LongConsumer listener) {
        gate.onCompleted(safe(listener, "a time inside could not be recorded"));
    }

    private static LongConsumer safe(LongConsumer listener, String problem) {
        requireNonNull(listener, "listener");
        return nanos -> {
            try {
                listener.accept(nanos);
            } catch (RuntimeException broken) {
                // the thread has the next request to let in, and others to tell
                LOG.log(Level.WARNING, problem, broken);
            }
        };
    }

    /**
     * Calls {@code listener} with the index of each hub that {@link #stats} has or will have: of
     * those of now at once, and of others when a switch brings them. It may be called by the thread
     * that switches, and must not block. An index is told once. Its exceptions are logged.
     */
    public void onHub(IntConsumer listener) {
        requireNonNull(listener, "listener");
        AtomicInteger told = new AtomicInteger();
        Consumer<WorkerSettings> tell =
                now -> {
                    int before = told.getAndUpdate(known -> Math.max(known, now.hubs()));
                    IntStream.range(before, now.hubs()).forEach(index -> tellHub(listener, index));
                };
        serverSide.onSwitch(tell);
        tell.accept(settings);
    }

    private static void tellHub(IntConsumer listener, int index) {
        try {
            listener.accept(index);
        } catch (RuntimeException broken) {
            // the switch has happened, and others are to be told of it
            LOG.log(Level.WARNING, "a listener failed at hub " + index, broken);
        }
    }

    /**
     * Returns the last reports, at most 50, the newest first: greenlets that hold their hub (model
     * {@code gevent}), and requests that run for longer than {@code harakiri} allows. Reports of
     * long slices begin once the JVM has loaded and compiled what it needs.
     *
     * <p>The rate is bounded. A report with the kind and the frame of one of the last ten seconds
     * is left out. Of the others 20 may come in a row, and then one each second.
     */
    public List<Report> recentReports() {
        return reporting.log.recent();
    }

    /**
     * Calls {@code listener} with each new report of {@link #recentReports}. It is called on the
     * thread of the watch or of harakiri, must not block, and must be safe for any thread. Its
     * exceptions are logged.
     */
    public void onReport(Consumer<Report> listener) {
        reporting.log.onReport(requireNonNull(listener, "listener"));
    }

    /** The reports, and the requests for them. The watch may ask before there is a gate. */
    private static final class Reporting {
        private final ReportLog log = new ReportLog();
        private volatile @Nullable RequestGate gate;

        String requestOn(Thread thread) {
            RequestGate known = gate;
            return known == null ? "" : known.requestOn(thread);
        }
    }

    /** Returns the settings in force: those these workers were opened with, or switched to last. */
    public WorkerSettings settings() {
        return settings;
    }

    RequestGate gate() {
        return gate;
    }

    /**
     * Returns an executor that runs each task as requests are run. It takes every task while the
     * workers are open, however many there are: the limit is the gate's. Its {@code shutdown} does
     * nothing; {@link #close} ends it.
     */
    public ExecutorService executor() {
        return serverSide.executor();
    }

    /** Returns what these workers are to the server that they are installed in. */
    ServerSide serverSide() {
        return serverSide;
    }

    /** Returns a snapshot of the state and counters. */
    public WorkerStats stats() {
        return statsOf(settings);
    }

    /**
     * Returns the requests inside and in the queues, oldest first, without stacks. It costs as much
     * as a {@link #requestReport}: a stack tells what a request waits for.
     */
    public List<RequestView> requests() {
        return gate.views().stream().map(RequestView::withoutStack).toList();
    }

    /**
     * Returns the requests inside and in the queues, oldest first, with the stacks of their
     * threads. No request waits for the report, and requests pay nothing for it until it is asked
     * for. The current thread takes one stack after the other, some ten microseconds each, and
     * gives way in between.
     */
    public RequestReport requestReport() {
        return RequestReport.of(settings.model(), Instant.now(), gate.views());
    }

    private WorkerStats statsOf(WorkerSettings now) {
        GeventEngine hubs = engine.current() instanceof GeventEngine gevent ? gevent : null;
        RequestGate.Counts counts = gate.counts();
        List<LimitStats> limitStats = new ArrayList<>(counts.limits());
        limitStats.addAll(limits.stats());
        Refusals refused = counts.all().refused();
        return new WorkerStats(
                now.model(),
                gate.ready(),
                switches,
                new GateStats(
                        now.limit(),
                        counts.gate().active(),
                        counts.streams(),
                        counts.completed(),
                        new Refusals(
                                refused.queueFull(),
                                refused.queueTimeout(),
                                refused.draining(),
                                refused.clientsGone(),
                                counts.streamsFull()),
                        counts.refusedByLimits(),
                        harakiri.struck(),
                        harakiri.stuck(),
                        counts.longestRunning(),
                        gate.draining(),
                        counts.all().queue(),
                        counts.run()),
                new EngineStats(engine.activeTasks(), engine.liveThreads(), engine.retiring()),
                new HubStats(
                        now.hubs(),
                        hubs == null ? 0 : hubs.carriers(),
                        engine.retakes(),
                        engine.longSlices(),
                        engine.longestSlice(),
                        hubs == null ? Duration.ZERO : hubs.lag(),
                        engine.loads()),
                limitStats);
    }

    /**
     * Begins a stop: from now on the workers say that they will stop ({@link
     * dev.treadle.gate.Gate#ready}, {@code Connection: close}), and go on taking requests for
     * {@link WorkerSettings#drainDelay}, and for up to half a second more once {@link #drain} is
     * called. An adapter calls it before its container closes its listening sockets, and so does
     * the host of a container that has no events for its life. Only the first call waits; a {@link
     * #resume} ends the wait.
     *
     * @throws InterruptedException if interrupted while waiting
     */
    public void prepareStop() throws InterruptedException {
        if (gate.beginLeaving()) {
            serverSide.tellStop();
            gate.linger(settings.drainDelay());
        }
    }

    /**
     * Takes no new request, and waits for those inside and in the queue. After the grace requests
     * in queue are refused. Requests inside are interrupted, get up to 1.5 seconds to end, and are
     * reported and logged. Event streams are ended as soon as no other request is inside: the grace
     * is not spent on them. The executor stays open: a container needs it to stop. {@link #resume}
     * takes requests again, and ends a drain that still waits.
     *
     * <p>One stop has one grace: it begins with the first drain. A later drain, or the close, may
     * end it sooner and does not begin another one, until a {@link #resume}. So a drain and the
     * close after it take no longer than the grace and two seconds.
     *
     * @param grace how long requests may take to end by themselves; zero: they are interrupted at
     *     once
     * @throws InterruptedException if interrupted while waiting; requests are still refused
     */
    public DrainReport drain(Duration grace) throws InterruptedException {
        requireNonNull(grace, "grace");
        long start = System.nanoTime();
        Duration delay = settings.drainDelay();
        try {
            gate.linger(delay.compareTo(LINGER) < 0 ? delay : LINGER);
        } finally {
            gate.shut(); // also if interrupted
        }
        List<RunningRequest> cutOff = List.of();
        beginStop(grace); // from here it is counted, however long the telling takes
        serverSide.tellStop();
        endStreamsAfter(gate.awaitOnlyStreams(leftOfTheStop()));
        if (!gate.awaitEmpty(leftOfTheStop())) {
            cutOff = gate.cutOff();
            long end = stopEnds() + AFTER_INTERRUPT.toNanos();
            while (!gate.awaitEmpty(earlier(AFTER_ATTEMPT, end)) && System.nanoTime() - end < 0) {
                gate.forEachInside(RequestPermit::insist);
            }
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
     * Ends event streams, which might otherwise stay open for ever. They end after all other
     * requests, which may still write to them, or with the grace.
     *
     * @param alone whether no other request is inside
     */
    private void endStreamsAfter(boolean alone) throws InterruptedException {
        if (!alone) {
            return; // the grace is over, and what is inside is cut off
        }
        long end = Math.max(stopEnds(), System.nanoTime() + AFTER_INTERRUPT.toNanos());
        int ended = gate.endStreams();
        while (!gate.awaitEmpty(earlier(AFTER_ATTEMPT, end)) && System.nanoTime() - end < 0) {
            ended += gate.endStreams();
        }
        if (ended > 0) {
            LOG.log(Level.INFO, "drain: {0} event streams were ended", ended);
        }
    }

    /**
     * Gives back the places of requests whose thread has called {@link System#exit}. Such a thread
     * waits for the shutdown hooks of the JVM, so a hook that drains would wait for it in vain. To
     * be called by that hook, before the drain and again while it waits: another request may call
     * {@code System.exit} meanwhile.
     */
    public void releaseExiting() {
        gate.forEachInside(permit -> {
            if (permit.isExiting()) {
                permit.release();
            }
        });
    }

    /**
     * Begins the grace of a stop, or shortens it. A resume may have come since the gate was shut:
     * then nothing begins, and the next stop has its whole grace.
     */
    private synchronized void beginStop(Duration grace) {
        if (!gate.draining()) {
            return;
        }
        // no wait is longer than this, and it can be added to a time
        long nanos =
                grace.compareTo(WorkerSettings.MAX_DURATION) < 0
                        ? grace.toNanos()
                        : WorkerSettings.MAX_DURATION.toNanos();
        long ends = System.nanoTime() + nanos;
        if (!stopping || ends - stopEnds < 0) {
            stopping = true;
            stopEnds = ends;
        }
    }

    private synchronized Duration leftOfTheStop() {
        return Duration.ofNanos(Math.max(0, stopEnds - System.nanoTime()));
    }

    private synchronized long stopEnds() {
        return stopEnds;
    }

    private static Duration earlier(Duration wait, long end) {
        long left = Math.max(0, end - System.nanoTime());
        return left < wait.toNanos() ? Duration.ofNanos(left) : wait;
    }

    /**
     * Takes requests again after a drain. An adapter calls it when its container starts once more.
     *
     * @throws IllegalStateException if the workers are closed
     */
    public void resume() {
        synchronized (this) {
            requireOpen();
            stopping = false;
            gate.open(); // in here: see beginStop
        }
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "workers: closed (expected: open); open new ones with Workers.open and install those");
        }
    }

    private synchronized void noteInstalled(String container) {
        requireOpen();
        if (installedIn != null) {
            throw new IllegalStateException(
                    "workers: installed in "
                            + installedIn
                            + " already (expected: one container); open others for "
                            + container);
        }
        installedIn = container;
        keepUntilClosed(WorkersBean.register(this, container));
        warnOfDeadPatterns(settings);
    }

    private static void warnOfDeadPatterns(WorkerSettings settings) {
        DeadPatterns.warnings(settings).forEach(warning -> LOG.log(Level.WARNING, "{0}", warning));
    }

    /** Returns the container they are installed in, such as {@code Tomcat 11.0.25}. */
    public synchronized Optional<String> container() {
        return Optional.ofNullable(installedIn);
    }

    private synchronized void keepUntilClosed(AutoCloseable resource) {
        closedWithThese.push(requireNonNull(resource, "resource"));
    }

    /** The part that only the server may use. */
    private final class Owner implements ServerSide.Owner {
        @Override
        public WorkerSettings settings() {
            return settings;
        }

        @Override
        public void installed(String container) {
            noteInstalled(container);
        }

        @Override
        public void closeWithThese(AutoCloseable resource) {
            keepUntilClosed(resource);
        }

        @Override
        public void renewThreads() {
            renewPool();
        }
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
        harakiri.close();
        gate.close();
        endEngine();
        serverSide.closed();
        UnobservedFailure.logOpen();
    }

    private void endEngine() {
        try {
            // requests have had their grace; the remaining tasks belong to no request, and get none
            long nanos = stopEnds() + AFTER_GRACE.toNanos() - System.nanoTime();
            Duration afterInterrupt =
                    Duration.ofNanos(
                            Math.clamp(nanos, ENGINE_END.toNanos(), AFTER_GRACE.toNanos()));
            List<String> left = engine.close(Duration.ZERO, afterInterrupt);
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
