package dev.treadle;

import dev.treadle.RefusedException.Reason;
import dev.treadle.internal.Engine;
import dev.treadle.internal.Roster;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * Admits at most N requests at a time. Further requests wait in line, up to a length and a time,
 * and the rest is refused at once. The gate counts requests, not connections and not threads.
 *
 * <p>An adapter asks {@link #probe} first, and then brings each new request once, with {@link
 * #enter(String, String, ClientSocket)} from a thread that may park, or with {@link #enter(String,
 * String, ClientSocket, GateListener)} from an event loop that may not. It does not bring error or
 * asynchronous dispatches of requests that are inside already, because those would wait for
 * themselves. Safe for any thread.
 *
 * <p>A request whose path has an inner limit ({@link LimitSettings}) takes a place there first. The
 * time in both lines together is at most the {@link #queueTimeout}. A request that did not wait at
 * its limit is treated at the gate as any other, and is refused if the line is full. A request that
 * did wait may wait here too, even if the line is full, within its time. So this line may be longer
 * than the {@link #queue}, by no more than all limits admit together.
 *
 * <p>A request whose answer is an event stream gives both places back when its first bytes go out,
 * and is one of at most {@link WorkerSettings#streams} from then on ({@link Permit#becomesStream}).
 *
 * <p>A request whose path has priority waits at neither, and is not counted in N, up to {@link
 * WorkerSettings#priorityLimit} such requests at a time. A further one is treated as any other
 * request. {@link Turnstile} does the counting. Each admitted request adds its permit to the
 * roster, and then checks whether the grace of a drain is over ({@code cutOff}). So the end of the
 * grace misses no request.
 *
 * @since 0.2.0
 */
public final class Gate {
    private final Engine engine;
    private final Turnstile turnstile;
    private final Turnstile priority;

    /** Event streams: requests that were inside, and have left one of the others for this. */
    private final Turnstile streams;

    private final LongAdder streamsFull = new LongAdder();
    private final ClientWatch clientWatch = new ClientWatch(this::turnstiles, this::forEachInside);
    private volatile GatePolicy policy;
    private volatile boolean leaving; // written under the lock of this
    private volatile boolean cutOff; // written under the lock of this

    private final List<LongConsumer> leftLineListeners = new CopyOnWriteArrayList<>();
    private final Turnstile.LineListener lineListener =
            new Turnstile.LineListener() {
                @Override
                public void grows() {
                    clientWatch.lineGrows();
                }

                @Override
                public void left(long nanos) {
                    leftLineListeners.forEach(each -> each.accept(nanos));
                }
            };

    private final Roster<Permit> inside = new Roster<>(Roster.DEFAULT_SLOTS);

    /** A gate with its numbers, and all else at its default. */
    Gate(int limit, int queue, Duration queueTimeout, Engine engine) {
        this.engine = engine;
        turnstile = new Turnstile(limit, queue, queueTimeout, lineListener);
        priority = new Turnstile(WorkerSettings.priorityLimit(limit), 0, queueTimeout, () -> {});
        streams = new Turnstile(WorkerSettings.defaultStreams(limit), 0, queueTimeout, () -> {});
        policy = GatePolicy.DEFAULT;
    }

    Gate(WorkerSettings settings, Engine engine) {
        this(settings.limit(), settings.queue(), settings.queueTimeout(), engine);
        change(settings);
    }

    /** Calls {@code listenerOfTimes} with the nanoseconds in line of each that leaves one. */
    void onLeftLine(LongConsumer listenerOfTimes) {
        leftLineListeners.add(listenerOfTimes);
    }

    /** Starts the thread that watches the clients of requests in line. */
    Gate start() {
        clientWatch.start();
        return this;
    }

    /** Takes other settings, at once; requests inside and in line stay. */
    synchronized void change(WorkerSettings settings) {
        policy = policy.changed(settings, lineListener, turnstile.isShut());
        turnstile.change(
                settings.limit(), settings.queue(), settings.queueTimeout(), settings.queueOrder());
        priority.change(
                WorkerSettings.priorityLimit(settings.limit()),
                0,
                settings.queueTimeout(),
                QueueOrder.FIFO);
        streams.change(settings.streams(), 0, settings.queueTimeout(), QueueOrder.FIFO);
    }

    /** Takes note of where the applications are. */
    synchronized void at(ContextPaths places) {
        policy = policy.at(places);
    }

    /** A request on its way in that holds no thread. */
    public static final class Place {
        private record Waiting(Turnstile turnstile, Turnstile.Place place) {}

        private final Gate gate;
        private final String method;
        private final String path;
        private final ClientSocket client;
        private final GateListener listener;
        private final @Nullable PathLimit limit;

        /**
         * The turnstile's wait that the request is in: first at the limit of its path, then at the
         * gate. The thread that grants the first place may start the wait at the gate before the
         * request's own thread has noted the wait at the limit. So the wait at the limit is noted
         * only if none is noted yet.
         */
        private final AtomicReference<@Nullable Waiting> waiting = new AtomicReference<>();

        private Place(
                Gate gate,
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
                passGate(Turnstile.Approach.NEW);
            } else {
                passLimit(limit.turnstile());
            }
        }

        /** Goes on to the gate from the limit, at once or after a time in its line. */
        private void passLimit(Turnstile first) {
            long start = System.nanoTime();
            Waiting joined =
                    pass(
                            first,
                            gate.approachToLimit(),
                            () -> passGate(Turnstile.Approach.NEW),
                            () ->
                                    passGate(
                                            Turnstile.Approach.after(
                                                    Math.max(1, System.nanoTime() - start),
                                                    gate.turnstile)));
            if (joined != null) {
                waiting.compareAndSet(null, joined);
            }
        }

        private void passGate(Turnstile.Approach approach) {
            Runnable admit =
                    () ->
                            listener.admitted(
                                    gate.admit(method, path, client, gate.turnstile, limit));
            Waiting joined = pass(gate.turnstile, approach, admit, admit);
            if (joined != null) {
                waiting.set(joined);
            }
        }

        private @Nullable Waiting pass(
                Turnstile next, Turnstile.Approach approach, Runnable atOnce, Runnable later) {
            Turnstile.Place place;
            try {
                place = next.tryEnter() ? null : next.join(turn(next, later), client, approach);
            } catch (RefusedException refusal) {
                refused(next, refusal);
                return null;
            }
            if (place == null) {
                atOnce.run();
                return null;
            }
            return new Waiting(next, place);
        }

        private Turnstile.Turn turn(Turnstile at, Runnable inside) {
            return new Turnstile.Turn() {
                @Override
                public void granted() {
                    inside.run();
                }

                @Override
                public void sentAway(Reason reason) {
                    refused(at, new RefusedException(reason));
                }
            };
        }

        private void refused(Turnstile at, RefusedException refusal) {
            if (limit != null && at != limit.turnstile()) {
                limit.turnstile().leave(); // it was inside that one
            }
            listener.refused(refusal);
        }

        /**
         * Leaves the line at once, as if the longest time in it were over; the listener is told
         * that the request is refused, unless it was admitted already. For tests.
         */
        void giveUp() {
            Waiting now = waiting.get();
            if (now != null) {
                now.turnstile().expire(now.place());
            }
        }

        /**
         * Leaves the line if the longest time in it is over: to be called after {@link
         * #millisLeft}, and again as often as it says so, until the listener has been called.
         *
         * @return after how many milliseconds to call it again, at least 1; 0 if it has left the
         *     line now
         */
        public long expire() {
            Waiting now = waiting.get();
            if (now != null
                    && now.place().nanosLeft() <= 0
                    && now.turnstile().expire(now.place())) {
                return 0;
            }
            return millisLeft();
        }

        /** Returns how many milliseconds are left of the longest time in line, at least 1. */
        public long millisLeft() {
            Waiting now = waiting.get();
            long nanos = now == null ? 0 : now.place().nanosLeft();
            return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
        }
    }

    /** The same without knowing the client. */
    Permit enter(String method, String path) throws RefusedException, InterruptedException {
        return enter(method, path, ClientSocket.UNKNOWN);
    }

    /**
     * Brings a new request, and parks the current thread while it waits in line.
     *
     * @param method the HTTP method, for reports
     * @param path the path, decoded, without query and path parameters: for reports, and for what
     *     goes by path
     * @param client tells on which connection it came
     * @return the permit, to be released when the request is complete
     * @throws RefusedException if the request is not to go in
     * @throws InterruptedException if interrupted in line; the place in line is given up
     */
    public Permit enter(String method, String path, ClientSocket client)
            throws RefusedException, InterruptedException {
        GatePolicy now = policy;
        if (now.hasPriority(path) && priority.tryEnter()) {
            return admit(method, path, client, priority, null);
        }
        PathLimit limit = now.limitOf(path);
        if (limit == null) {
            turnstile.enter(engine, client);
            return admit(method, path, client, turnstile, null);
        }
        long waited = limit.turnstile().enter(engine, client, approachToLimit());
        boolean entered = false;
        try {
            turnstile.enter(engine, client, Turnstile.Approach.after(waited, turnstile));
            entered = true;
        } finally {
            if (!entered) {
                limit.turnstile().leave();
            }
        }
        return admit(method, path, client, turnstile, limit);
    }

    /** The same without knowing the client. */
    @Nullable Place enter(String method, String path, GateListener listener) {
        return enter(method, path, ClientSocket.UNKNOWN, listener);
    }

    /**
     * Brings a new request without blocking. The listener is called once, before this returns or
     * later.
     *
     * @param method the HTTP method, for reports
     * @param path the path, decoded, without query and path parameters
     * @param client tells on which connection it came
     * @return the place in line, whose {@link Place#expire} the caller calls after {@link
     *     Place#millisLeft}; null if the listener has been called already
     */
    public @Nullable Place enter(
            String method, String path, ClientSocket client, GateListener listener) {
        GatePolicy now = policy;
        if (now.hasPriority(path) && priority.tryEnter()) {
            listener.admitted(admit(method, path, client, priority, null));
            return null;
        }
        PathLimit limit = now.limitOf(path);
        if (limit == null && turnstile.tryEnter()) {
            listener.admitted(
                    admit(method, path, client, turnstile, null)); // nearly always: makes nothing
            return null;
        }
        Place place = new Place(this, method, path, client, listener, limit);
        place.begin();
        return place.waiting.get() == null ? null : place;
    }

    /** Both lines together take no longer than the time of the gate's. */
    private Turnstile.Approach approachToLimit() {
        return new Turnstile.Approach(true, queueTimeout().toNanos());
    }

    private Permit admit(
            String method,
            String path,
            ClientSocket client,
            Turnstile through,
            @Nullable PathLimit limit) {
        Permit permit = new Permit(this, method, path, client, through, limit);
        permit.place = inside.add(permit);
        if (cutOff) {
            permit.interrupt();
        }
        return permit;
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

    /** A request is complete: its place goes to the first in line, or back. */
    void leave(Permit permit, Turnstile through, @Nullable PathLimit limit) {
        inside.remove(permit, permit.place);
        leaveForStream(through, limit);
    }

    /** An event stream is complete. */
    void leaveStream(Permit permit) {
        inside.remove(permit, permit.place);
        streams.leave();
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
     * line, or back.
     */
    void leaveForStream(Turnstile through, @Nullable PathLimit limit) {
        through.leave();
        if (limit != null) {
            limit.turnstile().leave();
        }
    }

    /**
     * Answers what the gate itself is asked: whether the workers take requests, at {@link
     * WorkerSettings#readyPath}.
     *
     * @return 200 or 503; null for all other paths
     */
    public @Nullable GateAnswer probe(String path) {
        if (!policy.isReadyPath(path)) {
            return null;
        }
        return ready()
                ? new GateAnswer(GateAnswer.OK, "ready", 0, false)
                : new GateAnswer(GateAnswer.UNAVAILABLE, "shutting down", 0, true);
    }

    /** Returns what to answer to a request that is refused. */
    public GateAnswer answer(Reason reason) {
        GatePolicy now = policy;
        return new GateAnswer(
                reason.closes() ? GateAnswer.UNAVAILABLE : now.refuseStatus(),
                reason.words(),
                now.retryAfterSeconds(),
                reason.closes() || !ready());
    }

    /**
     * Returns what to answer to a request that was interrupted before its answer began: another try
     * may succeed.
     */
    public GateAnswer answerInterrupted() {
        return new GateAnswer(
                GateAnswer.UNAVAILABLE,
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

    /**
     * Whether new requests are to be sent here: false from the first moment of a stop. An adapter
     * then adds {@code Connection: close} to each answer on HTTP/1.1, so that clients bring their
     * next request to another server.
     */
    public boolean ready() {
        return !leaving && !turnstile.isShut();
    }

    /** Says that a stop has begun; requests are still taken. False if it was said before. */
    synchronized boolean beginLeaving() {
        boolean first = ready();
        leaving = leaving || first;
        return first;
    }

    /**
     * Waits, if a stop has begun with {@link #beginLeaving} and {@link #shut} has not ended that;
     * {@link #open} ends the wait.
     */
    synchronized void linger(Duration longest) throws InterruptedException {
        if (!turnstile.isShut()) {
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

    private List<Turnstile> limitTurnstiles() {
        List<Turnstile> all = new ArrayList<>();
        policy.forEachLimit(limit -> all.add(limit.turnstile()));
        return all;
    }

    private List<Turnstile> turnstiles() {
        List<Turnstile> all = turnstilesOfRequests();
        all.add(streams); // last: a stream has left one of the others
        return all;
    }

    private List<Turnstile> turnstilesOfRequests() {
        // limits first: a request that has left a limit is counted at the gate
        List<Turnstile> all = limitTurnstiles();
        all.add(turnstile);
        all.add(priority);
        return all;
    }

    /**
     * From now on every new request is refused; those inside and in line go on. Calling it again is
     * harmless.
     */
    synchronized void shut() {
        turnstiles().forEach(Turnstile::shut);
    }

    /** Takes requests again; a drain that still waits is over. */
    synchronized void open() {
        leaving = false;
        cutOff = false;
        notifyAll();
        turnstiles().forEach(Turnstile::open);
    }

    /**
     * Waits until no request is inside or in line, or the gate is open again, or the time is over;
     * to be called after {@link #shut}.
     *
     * @return false if the time is over and a request is inside or in line
     */
    boolean awaitEmpty(Duration longest) throws InterruptedException {
        return awaitEmpty(turnstiles(), longest);
    }

    /** The same, but event streams do not count. */
    boolean awaitOnlyStreams(Duration longest) throws InterruptedException {
        return awaitEmpty(turnstilesOfRequests(), longest);
    }

    private static boolean awaitEmpty(List<Turnstile> turnstiles, Duration longest)
            throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        for (Turnstile each : turnstiles) {
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
    int endStreams() {
        synchronized (this) {
            if (!turnstile.isShut()) {
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
     * Refuses every request in line and interrupts every request inside, unless the gate is open
     * again. A request that was counted and is not in the roster yet sees {@code cutOff} after it
     * has added itself.
     *
     * @return the requests that were inside, oldest first; without event streams, but for those
     *     that were to end before and have not
     */
    List<RunningRequest> cutOff() {
        synchronized (this) {
            if (!turnstile.isShut()) {
                return List.of();
            }
            cutOff = true;
        }
        turnstiles().forEach(Turnstile::clearLine);
        List<RunningRequest> requests =
                requests(permit -> !permit.isStream() || permit.isOverdue());
        inside.forEach(Permit::interrupt);
        return requests;
    }

    /** Ends the thread that watches the clients of requests in line. */
    void close() {
        clientWatch.close();
    }

    /**
     * Calls {@code action} for every request inside; a snapshot that is not blocked by requests
     * coming and going.
     */
    void forEachInside(Consumer<Permit> action) {
        inside.forEach(action);
    }

    /** Returns N. */
    public int limit() {
        return turnstile.limit();
    }

    /** Returns how many may wait in line; 0: none. */
    public int queue() {
        return turnstile.queue();
    }

    /** Returns how long one may wait in line. */
    public Duration queueTimeout() {
        return turnstile.queueTimeout();
    }

    /**
     * Returns how many requests are inside, those of priority paths and event streams not counted;
     * a snapshot. It is more than N only after N has become smaller.
     */
    public int active() {
        return turnstile.active();
    }

    /**
     * Returns how many requests wait in line at the gate itself, those in the lines of limits not
     * counted; a snapshot. {@link WorkerStats#waiting} counts all. Harakiri's threshold goes by
     * this one: a line at a limit says that one dependency is slow, not that places are scarce.
     */
    public int waiting() {
        return turnstile.waiting();
    }

    /** Returns how many event streams are open that are counted apart from N; a snapshot. */
    public int streams() {
        return streams.active();
    }

    /** Whether new requests are refused because of a drain. */
    public boolean draining() {
        return turnstile.isShut();
    }

    /** Returns the requests inside, oldest first; a snapshot. */
    public List<RunningRequest> requests() {
        return requests(permit -> true);
    }

    private List<RunningRequest> requests(Predicate<Permit> which) {
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

    /** Says which request a thread runs now, such as {@code GET /slow}; empty if none. */
    String requestOn(Thread thread) {
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
     * @param streams event streams that are open
     * @param streamsFull requests that were refused as one event stream too many
     */
    record Counts(
            Turnstile.Counts gate,
            Refusals refusedByLimits,
            Turnstile.Counts all,
            int streams,
            long streamsFull,
            long completed,
            Duration longestRunning,
            List<LimitStats> limits) {}

    Counts counts() {
        Turnstile.Counts gateOnly = turnstile.counts();
        Turnstile.Counts atLimits = Turnstile.Counts.NONE;
        for (Turnstile each : limitTurnstiles()) {
            atLimits = atLimits.and(each.counts());
        }
        return new Counts(
                gateOnly,
                atLimits.refused(),
                atLimits.and(gateOnly).and(priority.counts()),
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
    Optional<LimitStats> limitStats(String name) {
        List<LimitStats> found = new ArrayList<>();
        policy.forEachLimit(limit -> {
            if (limit.settings().name().equals(name)) {
                found.add(limit.stats());
            }
        });
        return found.stream().findFirst();
    }
}
