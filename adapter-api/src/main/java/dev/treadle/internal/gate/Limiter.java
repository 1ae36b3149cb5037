package dev.treadle.internal.gate;

import static java.util.Objects.requireNonNull;

import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.SocketPair;
import dev.treadle.internal.engine.Engine;
import dev.treadle.settings.QueueOrder;
import dev.treadle.stats.LimitStats;
import dev.treadle.stats.QueueStats;
import dev.treadle.stats.RefusalReason;
import dev.treadle.stats.Refusals;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A counting limiter: at most N visitors are inside at a time, and further ones wait in the queue,
 * up to a length and a time. It only counts, and does not depend on requests: the {@link
 * RequestGate} adds permits to it, and a {@link dev.treadle.Limit} offers it to code.
 *
 * <p><b>Protocol.</b> {@code state} holds the number of those inside in its low half, and two
 * flags. Invariants:
 *
 * <ul>
 *   <li>The flag {@code WAITERS} is set exactly while the queue is not empty, as seen by the holder
 *       of the lock: queue and flag change only under the lock.
 *   <li>While neither flag is set, visitors come and go by compare-and-set of the whole word,
 *       without the lock. A visitor that sees a flag takes the lock.
 *   <li>The number rises only from below N, where N is a value that was valid at some moment of
 *       that call: N changes under the lock, and a visitor without the lock may still see the old
 *       N. The number may be above N after N has become smaller. It then falls to N before the next
 *       visitor is let in.
 *   <li>While the queue is not empty the number is at least N. A place that becomes free then is
 *       handed over and the number stays, so no visitor can overtake the queue; if the number is
 *       above N it falls instead. The places of a greater N are handed to the queue at once, under
 *       the lock.
 *   <li>{@code WAITERS} is set by a compare-and-set from a word with at least N inside, under the
 *       lock, where N cannot change: if a place became free just before, the compare-and-set fails
 *       and the visitor looks again. So no visitor waits while a place is free.
 *   <li>{@code SHUT} (draining) is in the same word, so that a visitor is either counted before it
 *       is set or refused. Only {@link #tryMoveIn} ignores it.
 * </ul>
 */
public final class Limiter {
    private static final long COUNT = 0xFFFF_FFFFL;
    private static final long WAITERS = 1L << 32;
    private static final long SHUT = 1L << 33;

    /**
     * A queue that has stood for so long is one of overload, not of a burst: the interval of CoDel
     * (RFC 8289, 4.2).
     */
    private static final long STANDING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Limiter.class, "state", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /**
     * Callbacks for the end of a wait in the queue. One of the two is called, at most once and
     * without the lock. They must not block.
     */
    interface Turn {
        /** It is inside, and counted. */
        void granted();

        /** It is not in the queue any more, and not inside. */
        void sentAway(RefusalReason reason);
    }

    /** Callbacks for changes of the queue; called without the lock, and must not block. */
    @FunctionalInterface
    public interface QueueListener {
        /** A visitor has joined the queue. */
        void grows();

        /**
         * A visitor has left the queue, with any outcome.
         *
         * @param nanos how long it was in the queue, at least 1
         */
        default void left(long nanos) {}
    }

    /** The result of joining the queue: a place there, or an outcome at once. */
    sealed interface Joined permits Place, Outcome {}

    /**
     * The outcome of an attempt to go in.
     *
     * @param refused why it is not inside; null if it is
     * @param nanosWaited how many nanoseconds it was in the queue; 0 if it was not in the queue at
     *     all
     */
    public record Outcome(@Nullable RefusalReason refused, long nanosWaited) implements Joined {
        static final Outcome AT_ONCE = new Outcome(null, 0);

        private static final Map<RefusalReason, Outcome> REFUSED =
                new EnumMap<>(RefusalReason.class);

        static {
            for (RefusalReason reason : RefusalReason.values()) {
                REFUSED.put(reason, new Outcome(reason, 0));
            }
        }

        private static Outcome refused(RefusalReason reason) {
            return requireNonNull(REFUSED.get(reason), "outcome");
        }
    }

    /** A place in the queue. */
    static final class Place implements Joined {
        private final Turn turn;
        private final ClientSocket client;
        private final @Nullable SocketPair socket;
        private final @Nullable QueuedRequest request;
        private final long since = System.nanoTime();
        private final long timeoutNanos;
        // guarded by the lock, and written by the queue only: neighbours in the queue
        @Nullable Place before;
        @Nullable Place after;
        boolean inLine;
        long nanosInQueue; // since it has left the queue
        // written once under the lock, as it is taken out of the queue; both unset if it left by
        // itself
        private volatile boolean granted;
        private volatile @Nullable RefusalReason sentAway;

        /** Of the thread that watches clients. */
        final ClientSeen seen = new ClientSeen();

        private Place(
                Turn turn,
                ClientSocket client,
                @Nullable SocketPair socket,
                @Nullable QueuedRequest request,
                long timeoutNanos) {
            this.turn = turn;
            this.client = client;
            this.socket = socket;
            this.request = request;
            this.timeoutNanos = timeoutNanos;
        }

        ClientSocket client() {
            return client;
        }

        @Nullable SocketPair socket() {
            return socket;
        }

        /** Returns the request that waits; null if it is code inside of one. */
        @Nullable QueuedRequest request() {
            return request;
        }

        /** Returns how long it is in the queue, at least 1. */
        long nanosWaited() {
            return Math.max(1, System.nanoTime() - since);
        }

        /** Returns how long it may still wait; negative if that is over. */
        long nanosLeft() {
            return timeoutNanos - nanosWaited();
        }
    }

    private final QueueListener listener;
    // written under the lock, read anywhere
    private volatile int limit;
    private volatile int queue;
    private volatile long queueTimeoutNanos;
    private volatile QueueOrder order = QueueOrder.FIFO;

    private volatile long state;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition empty = lock.newCondition();
    private final WaitQueue waiters = new WaitQueue(); // guarded by lock
    private long standingSince; // guarded by lock: when the queue was empty last
    private volatile int waiting; // written under the lock, read anywhere

    private final TimeRecorder run = new TimeRecorder(System.nanoTime());
    private final LongAdder queueFull = new LongAdder();
    private final LongAdder queueTimeout = new LongAdder();
    private final LongAdder draining = new LongAdder();
    private final LongAdder clientsGone = new LongAdder();

    /**
     * @param listener is called when a visitor joins the queue or leaves it
     */
    public Limiter(int limit, int queue, Duration queueTimeout, QueueListener listener) {
        this.limit = limit;
        this.queue = queue;
        this.queueTimeoutNanos = queueTimeout.toNanos();
        this.listener = listener;
    }

    /**
     * Changes the numbers at once. Added places go to the visitors in the queue. If there are fewer
     * places, no visitor is sent away, and none is let in until enough have left. Visitors in the
     * queue keep the time limit that they came with.
     */
    public void change(int newLimit, int newQueue, Duration newTimeout, QueueOrder newOrder) {
        List<Place> granted = new ArrayList<>();
        lock.lock();
        try {
            limit = newLimit;
            queue = newQueue;
            queueTimeoutNanos = newTimeout.toNanos();
            order = newOrder;
            Place next = next();
            while (next != null && (state & COUNT) < newLimit) {
                STATE.getAndAdd(this, 1L);
                grant(next);
                granted.add(next);
                next = next();
            }
        } finally {
            lock.unlock();
        }
        granted.forEach(this::tellGranted);
    }

    /** Goes in without waiting, if there is room and the queue is empty; false if not. */
    boolean tryEnter() {
        while (true) {
            long seen = state;
            if (seen >= WAITERS || seen >= limit) {
                return false;
            }
            if (STATE.compareAndSet(this, seen, seen + 1)) {
                return true;
            }
        }
    }

    /**
     * Goes in without waiting, if there is room, also while this is shut: for a request that is
     * inside elsewhere and moves here. Only for a limiter without a queue. A drain waits for the
     * place that such a request leaves before it waits for this one, so it misses none.
     */
    boolean tryMoveIn() {
        while (true) {
            long seen = state;
            if ((seen & COUNT) >= limit) {
                return false;
            }
            if (STATE.compareAndSet(this, seen, seen + 1)) {
                return true;
            }
        }
    }

    /**
     * How one comes to a limiter.
     *
     * @param newcomer false for a request that has waited in another queue: it is let in also while
     *     this is shut, and joins a queue that is full. Otherwise a full gate would reject every
     *     request queued at a path limit, one after another
     * @param mostNanos an upper bound of its wait here; the time limit of the queue holds too
     */
    record Approach(boolean newcomer, long mostNanos) {
        static final Approach NEW = new Approach(true, Long.MAX_VALUE);

        /** The way from one queue to a second one, after that time in the first. */
        static Approach after(long nanosWaited, Limiter next) {
            return new Approach(nanosWaited == 0, next.queueTimeoutNanos - nanosWaited);
        }
    }

    /** Goes in for code that is inside a request or in none, and waits as a request does. */
    public Outcome enter(Engine engine) throws InterruptedException {
        return tryEnter()
                ? Outcome.AT_ONCE
                : enterByQueue(engine, ClientSocket.UNKNOWN, null, Approach.NEW);
    }

    /**
     * Goes in after {@link #tryEnter} has said no, and parks the current thread while it is in the
     * queue.
     *
     * @param engine makes up for the thread while it waits
     * @return whether it is inside, and how long it was in the queue
     * @throws InterruptedException if interrupted in the queue; the place in the queue is given up
     */
    Outcome enterByQueue(Engine engine, QueuedRequest request, Approach approach)
            throws InterruptedException {
        return enterByQueue(engine, request.client(), request, approach);
    }

    private Outcome enterByQueue(
            Engine engine, ClientSocket client, @Nullable QueuedRequest request, Approach approach)
            throws InterruptedException {
        return switch (join(new Parked(), client, request, approach)) {
            case Outcome outcome -> outcome;
            case Place place -> waitIn(engine, place);
        };
    }

    private Outcome waitIn(Engine engine, Place place) throws InterruptedException {
        boolean waited = false;
        try {
            engine.whileWaiting(() -> await(place));
            waited = true;
        } finally {
            if (!waited && !leaveLine(place) && place.granted) {
                // This thread does not wait any more, for example because no substitute thread
                // could be started: no place may be lost.
                leave();
            }
        }
        RefusalReason reason = place.sentAway;
        return reason == null ? new Outcome(null, place.nanosWaited()) : Outcome.refused(reason);
    }

    /** A thread that waits for its place: the place itself has the outcome. */
    private static final class Parked implements Turn {
        private final Thread thread = Thread.currentThread();

        @Override
        public void granted() {
            LockSupport.unpark(thread);
        }

        @Override
        public void sentAway(RefusalReason reason) {
            LockSupport.unpark(thread);
        }
    }

    private void await(Place place) throws InterruptedException {
        while (!place.granted && place.sentAway == null) {
            long left = place.nanosLeft();
            if (left <= 0) {
                send(place, RefusalReason.QUEUE_TIMEOUT);
                return; // sent away now, or just before, or granted just before
            }
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                if (leaveLine(place)) {
                    throw new InterruptedException();
                }
                // admitted at the same moment: the application is to see it
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /**
     * Joins the queue.
     *
     * @return the place there; or that it is inside, if a place became free instead, which is then
     *     counted; or that there is no room in the queue, or no more are taken
     */
    Joined join(
            Turn turn, ClientSocket client, @Nullable QueuedRequest request, Approach approach) {
        boolean newcomer = approach.newcomer();
        if (newcomer && waiting >= queue && (state & COUNT) >= limit) {
            // the answer under overload, without the lock
            return refused(RefusalReason.QUEUE_FULL);
        }
        SocketPair pair = client.pair();
        Place place;
        lock.lock();
        try {
            while (true) {
                long seen = state;
                if (newcomer && (seen & SHUT) != 0) {
                    return refused(RefusalReason.DRAINING);
                }
                if ((seen & WAITERS) == 0 && (seen & COUNT) < limit) {
                    if (STATE.compareAndSet(this, seen, seen + 1)) {
                        return Outcome.AT_ONCE;
                    }
                } else if (newcomer && waiting >= queue) {
                    return refused(RefusalReason.QUEUE_FULL);
                } else if ((seen & WAITERS) != 0
                        || STATE.compareAndSet(this, seen, seen | WAITERS)) {
                    place =
                            new Place(
                                    turn,
                                    client,
                                    pair,
                                    request,
                                    Math.min(queueTimeoutNanos, approach.mostNanos()));
                    if (waiters.first() == null) {
                        standingSince = place.since;
                    }
                    if (request != null) {
                        request.joins(place.since);
                    }
                    waiters.append(place);
                    waiting = waiters.length();
                    break;
                }
            }
        } finally {
            lock.unlock();
        }
        listener.grows();
        return place;
    }

    private Outcome refused(RefusalReason reason) {
        RefusalReason told = (state & SHUT) != 0 ? RefusalReason.DRAINING : reason;
        count(told);
        return Outcome.refused(told);
    }

    private void count(RefusalReason reason) {
        (switch (reason) {
                    case QUEUE_FULL -> queueFull;
                    case QUEUE_TIMEOUT -> queueTimeout;
                    case DRAINING -> draining;
                    case CLIENT_GONE -> clientsGone;
                })
                .increment();
    }

    /**
     * Takes the place out of the queue; false if it is not there any more, because it was granted
     * or sent away.
     */
    boolean leaveLine(Place place) {
        return takeOut(place, null);
    }

    private boolean takeOut(Place place, @Nullable RefusalReason reason) {
        lock.lock();
        try {
            if (!place.inLine) {
                return false;
            }
            if (reason != null) {
                count(reason); // first: a thread that sees it gone sees the count
            }
            unlink(place);
            place.sentAway = reason;
            tellIfEmpty();
        } finally {
            lock.unlock();
        }
        listener.left(place.nanosInQueue);
        return true;
    }

    /** Sends the place away because its time is over; false if it is not in the queue any more. */
    boolean expire(Place place) {
        return send(place, RefusalReason.QUEUE_TIMEOUT);
    }

    /**
     * Sends the place away because no client waits for an answer; false if it is not in the queue.
     */
    boolean clientGone(Place place) {
        return send(place, RefusalReason.CLIENT_GONE);
    }

    private boolean send(Place place, RefusalReason reason) {
        if (!takeOut(place, reason)) {
            return false;
        }
        place.turn.sentAway(reason);
        return true;
    }

    private void tellIfEmpty() {
        if (state == SHUT) {
            empty.signalAll();
        }
    }

    private void unlink(Place place) {
        waiters.remove(place);
        waiting = waiters.length();
        if (waiters.first() == null) {
            STATE.getAndBitwiseAnd(this, ~WAITERS);
        }
    }

    /**
     * Counts how long a visitor was inside. To be called before it leaves: a thread that sees it
     * gone sees the count.
     *
     * @param now by {@link System#nanoTime}
     */
    public void ran(long nanos, long now) {
        run.record(nanos, now);
    }

    /** One of those inside goes: its place goes to the next in the queue, or back. */
    public void leave() {
        while (true) {
            long seen = state;
            if (seen >= WAITERS) {
                handOver();
                return;
            }
            if (STATE.compareAndSet(this, seen, seen - 1)) {
                return;
            }
        }
    }

    private void handOver() {
        Place next;
        lock.lock();
        try {
            next = (state & COUNT) > limit ? null : next();
            if (next != null) {
                grant(next);
            } else {
                STATE.getAndAdd(this, -1L);
                tellIfEmpty();
            }
        } finally {
            lock.unlock();
        }
        if (next != null) {
            tellGranted(next);
        }
    }

    /** The one who waits first: it is not to wait for the listener too. */
    private void tellGranted(Place place) {
        place.turn.granted();
        listener.left(place.nanosInQueue);
    }

    /** Takes the place out of the queue for the one inside that it is counted as. */
    private void grant(Place place) {
        unlink(place);
        place.granted = true;
    }

    private @Nullable Place next() {
        Place first = waiters.first();
        boolean newest =
                first != null
                        && order == QueueOrder.ADAPTIVE_LIFO
                        && System.nanoTime() - standingSince > STANDING_NANOS;
        return newest ? waiters.last() : first;
    }

    /** From now on every newcomer is refused; those inside and in the queue go on. */
    void shut() {
        lock.lock();
        try {
            STATE.getAndBitwiseOr(this, SHUT);
        } finally {
            lock.unlock();
        }
    }

    /** Takes newcomers again; an {@link #awaitEmpty} is over. */
    void open() {
        lock.lock();
        try {
            STATE.getAndBitwiseAnd(this, ~SHUT);
            empty.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until no visitor is inside or in the queue, or it is open again, or the time is over;
     * to be called after {@link #shut}.
     *
     * @return false if the time is over and a visitor is inside or in the queue
     */
    boolean awaitEmpty(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            while (state != SHUT && (state & SHUT) != 0 && left > 0) {
                left = empty.awaitNanos(left);
            }
            return state == SHUT || (state & SHUT) == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Sends all visitors in the queue away, unless it is open again. */
    void clearLine() {
        List<Place> places = new ArrayList<>();
        lock.lock();
        try {
            if ((state & SHUT) == 0) {
                return;
            }
            for (Place place = waiters.first(); place != null; place = waiters.first()) {
                unlink(place);
                place.sentAway = RefusalReason.DRAINING;
                places.add(place);
            }
            tellIfEmpty();
        } finally {
            lock.unlock();
        }
        for (Place place : places) {
            draining.increment();
            place.turn.sentAway(RefusalReason.DRAINING);
            listener.left(place.nanosInQueue);
        }
    }

    /** Calls {@code action} for each place in the queue, under the lock. */
    void forEachWaiting(Consumer<Place> action) {
        lock.lock();
        try {
            for (Place place = waiters.first(); place != null; place = place.after) {
                action.accept(place);
            }
        } finally {
            lock.unlock();
        }
    }

    int limit() {
        return limit;
    }

    int queue() {
        return queue;
    }

    Duration queueTimeout() {
        return Duration.ofNanos(queueTimeoutNanos);
    }

    int active() {
        return (int) (state & COUNT);
    }

    int waiting() {
        return waiting;
    }

    boolean isShut() {
        return (state & SHUT) != 0;
    }

    /**
     * The counters of this limiter; a snapshot.
     *
     * @param longestWaiting how long the first in the queue has waited; zero if there is none
     * @param inQueue how long those were in the queue who have left it
     * @param run how long those were inside whose time was told by {@link Limiter#ran}
     */
    public record Counts(
            int active,
            int waiting,
            Refusals refused,
            Duration longestWaiting,
            TimeRecorder.Snapshot inQueue,
            TimeRecorder.Snapshot run) {
        static final Counts NONE =
                new Counts(
                        0,
                        0,
                        new Refusals(0, 0, 0, 0, 0),
                        Duration.ZERO,
                        TimeRecorder.Snapshot.NONE,
                        TimeRecorder.Snapshot.NONE);

        /** Returns what they say of the queue. */
        public QueueStats queue() {
            return new QueueStats(
                    waiting, longestWaiting, inQueue.ended(), inQueue.total(), inQueue.recent());
        }

        /** Returns what both have counted together. */
        Counts and(Counts other) {
            return new Counts(
                    active + other.active,
                    waiting + other.waiting,
                    sum(refused, other.refused),
                    longestWaiting.compareTo(other.longestWaiting) > 0
                            ? longestWaiting
                            : other.longestWaiting,
                    inQueue.and(other.inQueue),
                    run.and(other.run));
        }
    }

    private static Refusals sum(Refusals one, Refusals other) {
        return new Refusals(
                one.queueFull() + other.queueFull(),
                one.queueTimeout() + other.queueTimeout(),
                one.draining() + other.draining(),
                one.clientsGone() + other.clientsGone(),
                one.streams() + other.streams());
    }

    /** Returns what this does as an inner limit of that name. */
    public LimitStats stats(String name) {
        Counts now = counts();
        return new LimitStats(
                name, limit, now.active(), now.refused(), now.queue(), now.run().run());
    }

    /** Returns active and waiting as of one moment, and the counters. */
    Counts counts() {
        Counts now;
        lock.lock();
        try {
            Place first = waiters.first();
            now =
                    new Counts(
                            active(),
                            waiting,
                            new Refusals(
                                    queueFull.sum(),
                                    queueTimeout.sum(),
                                    draining.sum(),
                                    clientsGone.sum(),
                                    0),
                            first == null ? Duration.ZERO : Duration.ofNanos(first.nanosWaited()),
                            waiters.times(),
                            TimeRecorder.Snapshot.NONE);
        } finally {
            lock.unlock();
        }
        // after it: the time of a request is counted before it is seen to be gone
        return new Counts(
                now.active(),
                now.waiting(),
                now.refused(),
                now.longestWaiting(),
                now.inQueue(),
                run.snapshot(System.nanoTime()));
    }
}
