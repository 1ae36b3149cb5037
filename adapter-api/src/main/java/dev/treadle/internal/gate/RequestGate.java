package dev.treadle.internal.gate;

import dev.treadle.gate.Admission;
import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.Gate;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.GateListener;
import dev.treadle.internal.engine.Engine;
import dev.treadle.internal.engine.Roster;
import dev.treadle.settings.QueueOrder;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.stats.LimitStats;
import dev.treadle.stats.RefusalReason;
import dev.treadle.stats.Refusals;
import dev.treadle.stats.RequestView;
import dev.treadle.stats.RunStats;
import dev.treadle.stats.RunningRequest;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * The gate of the workers. {@link Limiter} does the counting. Each admitted request adds its permit
 * to the roster, and then checks whether the grace of a drain is over ({@code cutOff}). So the end
 * of the grace misses no request.
 */
public final class RequestGate implements Gate {
    private static final int OK = 200;

    private final Engine engine;
    private final Limiter limiter;
    private final Limiter priority;

    /** Event streams: requests that were inside, and have left one of the others for this. */
    private final Limiter streams;

    private final LongAdder streamsFull = new LongAdder();
    private final ClientWatch clientWatch = new ClientWatch(this::limiters, this::forEachInside);
    private final RequestList list = new RequestList(this::limitersWithQueue, this::forEachInside);
    private volatile GatePolicy policy;
    private volatile boolean leaving; // written under the lock of this
    private volatile boolean cutOff; // written under the lock of this

    private final List<LongConsumer> completedListeners = new CopyOnWriteArrayList<>();
    private final List<LongConsumer> leftQueueListeners = new CopyOnWriteArrayList<>();
    private final Limiter.QueueListener queueListener =
            new Limiter.QueueListener() {
                @Override
                public void grows() {
                    clientWatch.lineGrows();
                }

                @Override
                public void left(long nanos) {
                    leftQueueListeners.forEach(each -> each.accept(nanos));
                }
            };

    private final Roster<RequestPermit> inside = new Roster<>(Roster.DEFAULT_SLOTS);

    /** A gate with its numbers, and all else at its default. */
    RequestGate(int limit, int queue, Duration queueTimeout, Engine engine) {
        this.engine = engine;
        limiter = new Limiter(limit, queue, queueTimeout, queueListener);
        priority = new Limiter(WorkerSettings.priorityLimit(limit), 0, queueTimeout, () -> {});
        streams = new Limiter(WorkerSettings.virtual(limit).streams(), 0, queueTimeout, () -> {});
        policy = GatePolicy.DEFAULT;
    }

    /** A gate with these settings; {@link #start} starts it. */
    public RequestGate(WorkerSettings settings, Engine engine) {
        this(settings.limit(), settings.queue(), settings.queueTimeout(), engine);
        change(settings);
    }

    /** Calls {@code listenerOfTimes} with the nanoseconds in the queue of each that leaves one. */
    public void onLeftQueue(LongConsumer listenerOfTimes) {
        leftQueueListeners.add(listenerOfTimes);
    }

    /**
     * Calls {@code listenerOfTimes} with the nanoseconds inside of each request that is complete
     * and is no event stream of its own count.
     */
    public void onCompleted(LongConsumer listenerOfTimes) {
        completedListeners.add(listenerOfTimes);
    }

    /** Starts the thread that watches the clients of requests in the queue. */
    public RequestGate start() {
        clientWatch.start();
        return this;
    }

    /** Takes other settings, at once; requests inside and in the queue stay. */
    public synchronized void change(WorkerSettings settings) {
        policy = policy.changed(settings, queueListener, limiter.isShut());
        limiter.change(
                settings.limit(), settings.queue(), settings.queueTimeout(), settings.queueOrder());
        priority.change(
                WorkerSettings.priorityLimit(settings.limit()),
                0,
                settings.queueTimeout(),
                QueueOrder.FIFO);
        streams.change(settings.streams(), 0, settings.queueTimeout(), QueueOrder.FIFO);
    }

    /** Takes note of where the applications are. */
    public synchronized void at(ContextPaths places) {
        policy = policy.at(places);
    }

    /** A request on its way in that holds no thread. */
    public static final class Place implements Gate.Place {
        private record Waiting(Limiter limiter, Limiter.Place place) {}

        private final RequestGate gate;
        private final String method;
        private final String path;
        private final ClientSocket client;
        private final GateListener listener;
        private final @Nullable PathLimit limit;

        /** Made when it does not get in at once; handed on from thread to thread with its turn. */
        private @Nullable QueuedRequest queued;

        /**
         * The limiter's wait that the request is in: first at the limit of its path, then at the
         * gate. The thread that grants the first place may start the wait at the gate before the
         * request's own thread has noted the wait at the limit. So the wait at the limit is noted
         * only if none is noted yet.
         */
        private final AtomicReference<@Nullable Waiting> waiting = new AtomicReference<>();

        private Place(
                RequestGate gate,
                String method,
                String path,
                ClientSocket client,
                GateListener listener,
                @Nullable PathLimit limit) {
            this.gate = gate;
            this.method = method;
            this.path = path;
            this.client = client;
            this.listener = listener;
            this.limit = limit;
        }

        private void begin() {
            if (limit == null) {
                passGate(Limiter.Approach.NEW);
            } else {
                passLimit(limit.limiter());
            }
        }

        /** Goes on to the gate from the limit, at once or after a time in its queue. */
        private void passLimit(Limiter first) {
            long start = System.nanoTime();
            Waiting joined =
                    pass(
                            first,
                            gate.approachToLimit(),
                            () -> passGate(Limiter.Approach.NEW),
                            () ->
                                    passGate(
                                            Limiter.Approach.after(
                                                    Math.max(1, System.nanoTime() - start),
                                                    gate.limiter)));
            if (joined != null) {
                waiting.compareAndSet(null, joined);
            }
        }

        private void passGate(Limiter.Approach approach) {
            Runnable admit =
                    () ->
                            tell(
                                    listener,
                                    gate.admit(method, path, client, queued, gate.limiter, limit));
            Waiting joined = pass(gate.limiter, approach, admit, admit);
            if (joined != null) {
                waiting.set(joined);
            }
        }

        private @Nullable Waiting pass(
                Limiter next, Limiter.Approach approach, Runnable atOnce, Runnable later) {
            Limiter.Joined joined =
                    next.tryEnter()
                            ? Limiter.Outcome.AT_ONCE
                            : next.join(turn(next, later), client, queued(), approach);
            return switch (joined) {
                case Limiter.Place place -> new Waiting(next, place);
                case Limiter.Outcome outcome -> {
                    RefusalReason reason = outcome.refused();
                    if (reason == null) {
                        atOnce.run();
                    } else {
                        refused(next, reason);
                    }
                    yield null;
                }
            };
        }

        private QueuedRequest queued() {
            QueuedRequest known = queued;
            if (known == null) {
                known = new QueuedRequest(method, path, client);
                queued = known;
            }
            return known;
        }

        private Limiter.Turn turn(Limiter at, Runnable inside) {
            return new Limiter.Turn() {
                @Override
                public void granted() {
                    inside.run();
                }

                @Override
                public void sentAway(RefusalReason reason) {
                    refused(at, reason);
                }
            };
        }

        private void refused(Limiter at, RefusalReason reason) {
            if (limit != null && at != limit.limiter()) {
                limit.limiter().leave(); // it was inside that one
            }
            QueuedRequest waited = queued;
            if (waited != null) {
                waited.refused(reason);
            }
            listener.answered(gate.answer(reason));
        }

        /**
         * Leaves the queue at once, as if the longest time in it were over; the listener is told
         * that the request is refused, unless it was admitted already. For tests.
         */
        public void giveUp() {
            Waiting now = waiting.get();
            if (now != null) {
                now.limiter().expire(now.place());
            }
        }

        @Override
        public long expire() {
            Waiting now = waiting.get();
            if (now != null && now.place().nanosLeft() <= 0 && now.limiter().expire(now.place())) {
                return 0;
            }
            return millisLeft();
        }

        @Override
        public long millisLeft() {
            Waiting now = waiting.get();
            long nanos = now == null ? 0 : now.place().nanosLeft();
            return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
        }
    }

    @Override
    public Admission enter(String method, String path, ClientSocket client)
            throws InterruptedException {
        GatePolicy now = policy;
        if (now.isReadyPath(path)) {
            return answerReady();
        }
        if (now.hasPriority(path) && priority.tryEnter()) {
            return admit(method, path, client, null, priority, null);
        }
        PathLimit limit = now.limitOf(path);
        if (limit != null) {
            return enter(limit, method, path, client);
        }
        if (limiter.tryEnter()) {
            return admit(method, path, client, null, limiter, null);
        }
        QueuedRequest queued = new QueuedRequest(method, path, client);
        RefusalReason refused = waitAt(limiter, queued, Limiter.Approach.NEW).refused();
        return refused == null
                ? admit(method, path, client, queued, limiter, null)
                : answer(refused);
    }

    /** Waits at a limiter that is full; the end of a wait that ends here is recorded. */
    private Limiter.Outcome waitAt(Limiter at, QueuedRequest queued, Limiter.Approach approach)
            throws InterruptedException {
        boolean waited = false;
        try {
            Limiter.Outcome outcome = at.enterByQueue(engine, queued, approach);
            waited = true;
            RefusalReason refused = outcome.refused();
            if (refused != null) {
                queued.refused(refused);
            }
            return outcome;
        } finally {
            if (!waited) {
                queued.interrupted();
            }
        }
    }

    /** By way of a limit. */
    private Admission enter(PathLimit limit, String method, String path, ClientSocket client)
            throws InterruptedException {
        QueuedRequest queued = null;
        Limiter.Outcome atLimit = Limiter.Outcome.AT_ONCE;
        if (!limit.limiter().tryEnter()) {
            queued = new QueuedRequest(method, path, client);
            atLimit = waitAt(limit.limiter(), queued, approachToLimit());
        }
        if (atLimit.refused() != null) {
            return answer(atLimit.refused());
        }
        RefusalReason refused = null;
        boolean entered = false;
        try {
            if (!limiter.tryEnter()) {
                queued = queued == null ? new QueuedRequest(method, path, client) : queued;
                Limiter.Approach approach = Limiter.Approach.after(atLimit.nanosWaited(), limiter);
                refused = waitAt(limiter, queued, approach).refused();
            }
            entered = refused == null;
        } finally {
            if (!entered) {
                limit.limiter().leave();
            }
        }
        return refused == null
                ? admit(method, path, client, queued, limiter, limit)
                : answer(refused);
    }

    /** The same without knowing the client. */
    public @Nullable Place enter(String method, String path, GateListener listener) {
        return enter(method, path, ClientSocket.UNKNOWN, listener);
    }

    @Override
    public @Nullable Place enter(
            String method, String path, ClientSocket client, GateListener listener) {
        GatePolicy now = policy;
        if (now.isReadyPath(path)) {
            listener.answered(answerReady());
            return null;
        }
        if (now.hasPriority(path) && priority.tryEnter()) {
            tell(listener, admit(method, path, client, null, priority, null));
            return null;
        }
        PathLimit limit = now.limitOf(path);
        if (limit == null && limiter.tryEnter()) {
            // nearly always: makes nothing else
            tell(listener, admit(method, path, client, null, limiter, null));
            return null;
        }
        Place place = new Place(this, method, path, client, listener, limit);
        place.begin();
        return place.waiting.get() == null ? null : place;
    }

    /** Both queues together take no longer than the time of the gate's. */
    private Limiter.Approach approachToLimit() {
        return new Limiter.Approach(true, queueTimeout().toNanos());
    }

    /**
     * Makes the permit of a request that has its places. They are free again if that fails, for
     * example because the heap is full: the places of such requests must not be lost one by one.
     */
    private RequestPermit admit(
            String method,
            String path,
            ClientSocket client,
            @Nullable QueuedRequest queued,
            Limiter through,
            @Nullable PathLimit limit) {
        RequestPermit permit = null;
        boolean added = false;
        try {
            permit = new RequestPermit(this, method, path, client, queued, through, limit);
            if (queued != null) {
                queued.admitted();
            }
            permit.place = inside.add(permit);
            added = true;
        } finally {
            if (!added) {
                leaveForStream(through, limit);
            }
        }
        if (cutOff) {
            permit.interrupt();
        }
        return permit;
    }

    /** Tells the listener, and takes the permit back if it could not begin with the request. */
    private static void tell(GateListener listener, RequestPermit permit) {
        boolean begun = false;
        try {
            listener.admitted(permit);
            begun = true;
        } finally {
            if (!begun) {
                permit.release();
            }
        }
    }

    /** A request inside goes on without a thread. */
    void idleBegins() {
        clientWatch.idleBegins();
    }

    /** A request that went on without a thread is complete. */
    void idleEnds() {
        clientWatch.idleEnds();
    }

    /** Returns how many requests inside have gone asynchronous; a snapshot. */
    int idle() {
        return clientWatch.idle();
    }

    /** A request is complete: its place goes to the first in the queue, or back. */
    void leave(RequestPermit permit, Limiter through, @Nullable PathLimit limit) {
        long now = System.nanoTime();
        long nanos = permit.ageNanos(now);
        try {
            through.ran(nanos, now);
            if (limit != null) {
                limit.limiter().ran(nanos, now);
            }
            inside.remove(permit, permit.place);
        } finally {
            leaveForStream(through, limit); // whatever failed: no place may be lost
        }
        if (!completedListeners.isEmpty()) {
            completedListeners.forEach(each -> each.accept(nanos));
        }
    }

    /** An event stream is complete. */
    void leaveStream(RequestPermit permit) {
        try {
            inside.remove(permit, permit.place);
        } finally {
            streams.leave();
        }
    }

    /** Whether event streams are counted apart from N. */
    boolean separatesStreams() {
        return streams.limit() > 0;
    }

    /** A request inside is counted as an event stream too; false if there are too many. */
    boolean enterStreams() {
        boolean entered = streams.tryMoveIn();
        if (!entered) {
            streamsFull.increment();
        }
        return entered;
    }

    /** It is not counted as one any more. */
    void leaveStreams() {
        streams.leave();
    }

    /**
     * A request inside is counted as an event stream: the place that it had goes to the first in
     * queue, or back.
     */
    void leaveForStream(Limiter through, @Nullable PathLimit limit) {
        try {
            through.leave();
        } finally {
            if (limit != null) {
                limit.limiter().leave();
            }
        }
    }

    private GateAnswer answerReady() {
        return ready()
                ? new GateAnswer(OK, "ready", 0, false)
                : new GateAnswer(GatePolicy.UNAVAILABLE, RefusalReason.DRAINING.words(), 0, true);
    }

    @Override
    public GateAnswer answerStopping() {
        return answer(RefusalReason.DRAINING);
    }

    private GateAnswer answer(RefusalReason reason) {
        GatePolicy now = policy;
        // the connection has no further use: the server stops, or the client has closed its side
        boolean closes =
                switch (reason) {
                    case DRAINING, CLIENT_GONE -> true;
                    case QUEUE_FULL, QUEUE_TIMEOUT -> false;
                };
        return new GateAnswer(
                closes ? GatePolicy.UNAVAILABLE : now.refuseStatus(),
                reason.words(),
                now.retryAfterSeconds(),
                closes || !ready());
    }

    @Override
    public GateAnswer answerInterrupted() {
        return new GateAnswer(
                GatePolicy.UNAVAILABLE,
                "the request was interrupted",
                policy.retryAfterSeconds(),
                !ready());
    }

    /** Returns what to answer to a request that would be one event stream too many. */
    GateAnswer answerStreamsFull() {
        GatePolicy now = policy;
        return new GateAnswer(
                now.refuseStatus(), "too many event streams", now.retryAfterSeconds(), !ready());
    }

    @Override
    public boolean ready() {
        return !leaving && !limiter.isShut();
    }

    /** Says that a stop has begun; requests are still taken. False if it was said before. */
    public synchronized boolean beginLeaving() {
        boolean first = ready();
        leaving = leaving || first;
        return first;
    }

    /**
     * Waits, if a stop has begun with {@link #beginLeaving} and {@link #shut} has not ended that;
     * {@link #open} ends the wait.
     */
    public synchronized void linger(Duration longest) throws InterruptedException {
        if (!limiter.isShut()) {
            waitWhileLeaving(longest);
        }
    }

    private void waitWhileLeaving(Duration longest) throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        long left = longest.toNanos();
        while (leaving && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = deadline - System.nanoTime();
        }
    }

    private List<Limiter> limitLimiters() {
        List<Limiter> all = new ArrayList<>();
        policy.forEachLimit(limit -> all.add(limit.limiter()));
        return all;
    }

    /** In the order in which a request passes them. */
    private List<Limiter> limitersWithQueue() {
        List<Limiter> all = limitLimiters();
        all.add(limiter);
        return all;
    }

    private List<Limiter> limiters() {
        List<Limiter> all = limitersOfRequests();
        all.add(streams); // last: a stream has left one of the others
        return all;
    }

    private List<Limiter> limitersOfRequests() {
        // limits first: a request that has left a limit is counted at the gate
        List<Limiter> all = limitLimiters();
        all.add(limiter);
        all.add(priority);
        return all;
    }

    /**
     * From now on every new request is refused; those inside and in the queue go on. Calling it
     * again is harmless.
     */
    public synchronized void shut() {
        limiters().forEach(Limiter::shut);
    }

    /** Takes requests again; a drain that still waits is over. */
    public synchronized void open() {
        leaving = false;
        cutOff = false;
        notifyAll();
        limiters().forEach(Limiter::open);
    }

    /**
     * Waits until no request is inside or in the queue, or the gate is open again, or the time is
     * over; to be called after {@link #shut}.
     *
     * @return false if the time is over and a request is inside or in the queue
     */
    public boolean awaitEmpty(Duration longest) throws InterruptedException {
        return awaitEmpty(limiters(), longest);
    }

    /** The same, but event streams do not count. */
    public boolean awaitOnlyStreams(Duration longest) throws InterruptedException {
        return awaitEmpty(limitersOfRequests(), longest);
    }

    private static boolean awaitEmpty(List<Limiter> limiters, Duration longest)
            throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        for (Limiter each : limiters) {
            if (!each.awaitEmpty(deadline - System.nanoTime())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Interrupts every event stream, unless the gate is open again; to be called again and again
     * until it is empty.
     *
     * @return how many streams were interrupted for the first time
     */
    public int endStreams() {
        synchronized (this) {
            if (!limiter.isShut()) {
                return 0;
            }
        }
        int[] ended = new int[1];
        inside.forEach(permit -> {
            if (permit.isStream()) {
                ended[0] += permit.isOverdue() ? 0 : 1;
                permit.interrupt();
            }
        });
        return ended[0];
    }

    /**
     * Refuses every request in the queue and interrupts every request inside, unless the gate is
     * open again. A request that was counted and is not in the roster yet sees {@code cutOff} after
     * it has added itself.
     *
     * @return the requests that were inside, oldest first; without event streams, but for those
     *     that were to end before and have not
     */
    public List<RunningRequest> cutOff() {
        synchronized (this) {
            if (!limiter.isShut()) {
                return List.of();
            }
            cutOff = true;
        }
        limiters().forEach(Limiter::clearLine);
        List<RunningRequest> requests =
                requests(permit -> !permit.isStream() || permit.isOverdue());
        inside.forEach(RequestPermit::interrupt);
        return requests;
    }

    /** Ends the thread that watches the clients of requests in the queue. */
    public void close() {
        clientWatch.close();
    }

    /**
     * Calls {@code action} for every request inside; a snapshot that is not blocked by requests
     * coming and going.
     */
    public void forEachInside(Consumer<RequestPermit> action) {
        inside.forEach(action);
    }

    @Override
    public int limit() {
        return limiter.limit();
    }

    @Override
    public int queue() {
        return limiter.queue();
    }

    @Override
    public Duration queueTimeout() {
        return limiter.queueTimeout();
    }

    @Override
    public int active() {
        return limiter.active();
    }

    @Override
    public int waiting() {
        return limiter.waiting();
    }

    @Override
    public int streams() {
        return streams.active();
    }

    @Override
    public boolean draining() {
        return limiter.isShut();
    }

    @Override
    public List<RunningRequest> requests() {
        return requests(permit -> true);
    }

    private List<RunningRequest> requests(Predicate<RequestPermit> which) {
        List<RunningRequest> requests = new ArrayList<>();
        long now = System.nanoTime();
        inside.forEach(permit -> {
            if (which.test(permit)) {
                requests.add(permit.describe(now));
            }
        });
        requests.sort(Comparator.comparing(RunningRequest::age).reversed());
        return List.copyOf(requests);
    }

    /** Returns the copies of thread-locals that the requests inside have, in the shape of JSON. */
    public Map<String, Object> threadLocalCopies() {
        return ThreadLocalCopies.toMap(this);
    }

    /**
     * Returns the requests inside and in the queues, oldest first, with the stacks of their
     * threads; no request waits meanwhile.
     */
    public List<RequestView> views() {
        return list.take();
    }

    /** Says which request a thread runs now, such as {@code GET /slow}; empty if none. */
    public String requestOn(Thread thread) {
        AtomicReference<String> found = new AtomicReference<>("");
        inside.forEach(permit -> {
            if (permit.runsOn(thread)) {
                found.set(permit.requestLine());
            }
        });
        return found.get();
    }

    private Duration longestRunning() {
        AtomicReference<Duration> longest = new AtomicReference<>(Duration.ZERO);
        inside.forEach(permit -> {
            if (!permit.isStream()) {
                longest.accumulateAndGet(
                        permit.age(), (one, other) -> one.compareTo(other) > 0 ? one : other);
            }
        });
        return longest.get();
    }

    /**
     * The counters of the gate; a snapshot.
     *
     * @param gate at the gate's own count
     * @param refusedByLimits at the limits by path, also those of before
     * @param all there, at the limits by path, also those of before, and at priority paths
     * @param run how long requests were inside, each counted once
     * @param streams event streams that are open
     * @param streamsFull requests that were refused as one event stream too many
     */
    public record Counts(
            Limiter.Counts gate,
            Refusals refusedByLimits,
            Limiter.Counts all,
            RunStats run,
            int streams,
            long streamsFull,
            long completed,
            Duration longestRunning,
            List<LimitStats> limits) {}

    /** Returns what was counted so far. */
    public Counts counts() {
        Limiter.Counts gateOnly = limiter.counts();
        Limiter.Counts atLimits = Limiter.Counts.NONE;
        for (Limiter each : limitLimiters()) {
            atLimits = atLimits.and(each.counts());
        }
        Limiter.Counts atPriority = priority.counts();
        return new Counts(
                gateOnly,
                atLimits.refused(),
                atLimits.and(gateOnly).and(atPriority),
                gateOnly.run().and(atPriority.run()).run(),
                streams.active(),
                streamsFull.sum(),
                inside.gone(),
                longestRunning(),
                policy.limits().stream().map(PathLimit::stats).toList());
    }

    /**
     * Returns what the limit of that pattern does; one that was taken away goes on counting those
     * who are still inside.
     */
    public Optional<LimitStats> limitStats(String name) {
        List<LimitStats> found = new ArrayList<>();
        policy.forEachLimit(limit -> {
            if (limit.settings().name().equals(name)) {
                found.add(limit.stats());
            }
        });
        return found.stream().findFirst();
    }
}
