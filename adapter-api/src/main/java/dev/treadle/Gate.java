package dev.treadle;

import dev.treadle.internal.Engine;
import dev.treadle.internal.GeventEngine;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Admits at most N requests at a time. The next wait in line, first in first out, up to a length
 * and a time; the rest is refused at once. Counts requests, not connections and not threads.
 *
 * <p>An adapter brings each new request once, with {@link #enter(String, String)} from a thread
 * that may park, or with {@link #enter(String, String, GateListener)} from an event loop that may
 * not. It does not bring error or asynchronous dispatches of requests that are inside already: they
 * would wait for themselves. Safe for any thread.
 *
 * <p><b>Protocol.</b> {@code state} holds the number of requests inside in its low half, and two
 * flags. Invariants:
 *
 * <ul>
 *   <li>The flag {@code WAITERS} is set exactly while the line is not empty, as seen by whoever
 *       holds the lock: line and flag change only under the lock.
 *   <li>While neither flag is set, requests come and go by compare-and-set of the whole word,
 *       without the lock. Whoever sees a flag takes the lock.
 *   <li>The number rises only from below N. A place that becomes free while somebody waits is
 *       handed to the first in line and the number stays, so nobody can slip in before.
 *   <li>{@code WAITERS} is set by a compare-and-set from a word with N inside: if a place became
 *       free just before, the compare-and-set fails and the request looks again. So nobody waits
 *       while a place is free.
 *   <li>{@code SHUT} (draining) is in the same word, so that a request is either counted before it
 *       is set or refused.
 * </ul>
 */
public final class Gate {
    private static final long COUNT = 0xFFFF_FFFFL;
    private static final long WAITERS = 1L << 32;
    private static final long SHUT = 1L << 33;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Gate.class, "state", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final int limit;
    private final int queue;
    private final long queueTimeoutNanos;
    private final Engine engine;

    private volatile long state;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition empty = lock.newCondition();
    private final Line line = new Line(); // guarded by lock
    private volatile int waiting; // written under the lock, read anywhere
    private volatile boolean cutOff; // written under the lock: the grace of a drain is over

    private final Set<Permit> inside = ConcurrentHashMap.newKeySet();
    private final LongAdder completed = new LongAdder();
    private final LongAdder lineFull = new LongAdder();
    private final LongAdder lineTimeout = new LongAdder();
    private final LongAdder draining = new LongAdder();

    Gate(int limit, int queue, Duration queueTimeout, Engine engine) {
        this.limit = limit;
        this.queue = queue;
        this.queueTimeoutNanos = queueTimeout.toNanos();
        this.engine = engine;
    }

    /** A place in line. */
    public final class Place {
        private final String method;
        private final String path;
        private final @Nullable GateListener listener;
        private final @Nullable Thread parked;
        // guarded by lock, and written by the line only: neighbours in line
        @Nullable Place before;
        @Nullable Place after;
        boolean inLine;
        // written once under the lock, read by the parked thread
        private volatile @Nullable Permit granted;
        private volatile boolean sentAway;

        private Place(String method, String path, @Nullable GateListener listener) {
            this.method = method;
            this.path = path;
            this.listener = listener;
            this.parked = listener == null ? Thread.currentThread() : null;
        }

        /**
         * Leaves the line because the longest time to wait is over. The listener hears that the
         * request is refused, unless it was admitted already.
         */
        public void giveUp() {
            if (leaveLine(this)) {
                lineTimeout.increment();
                refuse(RefusedException.Reason.LINE_TIMEOUT);
            }
        }

        /** Tells whoever stands here that the place is theirs. Called without the lock. */
        private void wake(Permit permit) {
            if (listener != null) {
                listener.admitted(permit);
            } else {
                LockSupport.unpark(parked);
            }
        }

        /** Tells whoever stands here to go. Called without the lock. */
        private void sendAway() {
            if (listener == null) {
                LockSupport.unpark(parked);
            } else {
                refuse(RefusedException.Reason.DRAINING);
            }
        }

        private void refuse(RefusedException.Reason reason) {
            if (listener != null) {
                listener.refused(new RefusedException(reason));
            }
        }
    }

    /**
     * Brings a new request, and parks the current thread while it waits in line.
     *
     * @param method the HTTP method, for reports
     * @param path the path without the query, for reports
     * @return the permit, to be released when the request is complete
     * @throws RefusedException if the request is not to go in
     * @throws InterruptedException if interrupted in line; the place in line is given up
     */
    public Permit enter(String method, String path) throws RefusedException, InterruptedException {
        if (tryEnter()) {
            return admit(method, path);
        }
        Place place = join(method, path, null);
        if (place == null) {
            return admit(method, path);
        }
        boolean waited = false;
        try {
            engine.whileWaiting(() -> awaitGrant(place));
            waited = true;
        } finally {
            if (!waited) {
                abandon(place);
            }
        }
        Permit permit = place.granted;
        if (permit != null) {
            return permit;
        }
        if (place.sentAway) {
            throw new RefusedException(RefusedException.Reason.DRAINING); // counted by refuseLine
        }
        lineTimeout.increment();
        throw new RefusedException(RefusedException.Reason.LINE_TIMEOUT);
    }

    /**
     * Nobody waits here any more, be it that no thread could be had to make up for this one: no
     * place may be lost.
     */
    private void abandon(Place place) {
        if (!leaveLine(place)) {
            Permit permit = place.granted;
            if (permit != null) {
                permit.release();
            }
        }
    }

    /**
     * Brings a new request without blocking. The listener is called once, before this returns or
     * later.
     *
     * @param method the HTTP method, for reports
     * @param path the path without the query, for reports
     * @return the place in line, whose {@link Place#giveUp} the caller calls after {@link
     *     #queueTimeout}; null if the listener has been called already
     */
    public @Nullable Place enter(String method, String path, GateListener listener) {
        try {
            Place place = tryEnter() ? null : join(method, path, listener);
            if (place != null) {
                return place;
            }
        } catch (RefusedException refusal) {
            listener.refused(refusal);
            return null;
        }
        listener.admitted(admit(method, path));
        return null;
    }

    private Permit admit(String method, String path) {
        Permit permit = new Permit(this, method, path);
        inside.add(permit);
        if (cutOff) {
            permit.interrupt();
        }
        return permit;
    }

    private boolean tryEnter() {
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

    /** Joins the line; returns null if a place became free instead, which is then counted. */
    private @Nullable Place join(String method, String path, @Nullable GateListener listener)
            throws RefusedException {
        if (waiting >= queue && (state & COUNT) >= limit) {
            // the answer under overload, without the lock
            throw refused(RefusedException.Reason.LINE_FULL);
        }
        lock.lock();
        try {
            while (true) {
                long seen = state;
                if ((seen & SHUT) != 0) {
                    throw refused(RefusedException.Reason.DRAINING);
                }
                if ((seen & WAITERS) == 0 && seen < limit) {
                    if (STATE.compareAndSet(this, seen, seen + 1)) {
                        return null;
                    }
                } else if (waiting >= queue) {
                    throw refused(RefusedException.Reason.LINE_FULL);
                } else if ((seen & WAITERS) != 0
                        || STATE.compareAndSet(this, seen, seen | WAITERS)) {
                    Place place = new Place(method, path, listener);
                    line.append(place);
                    waiting = line.length();
                    return place;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private RefusedException refused(RefusedException.Reason reason) {
        boolean shut = (state & SHUT) != 0;
        RefusedException.Reason told = shut ? RefusedException.Reason.DRAINING : reason;
        (told == RefusedException.Reason.DRAINING ? draining : lineFull).increment();
        return new RefusedException(told);
    }

    private void awaitGrant(Place place) throws InterruptedException {
        long deadline = System.nanoTime() + queueTimeoutNanos;
        while (place.granted == null && !place.sentAway) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                leaveLine(place);
                return;
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
     * Takes the place out of the line; false if it is not there any more, because it was granted.
     */
    private boolean leaveLine(Place place) {
        lock.lock();
        try {
            if (!place.inLine) {
                return false;
            }
            unlink(place);
            if (state == SHUT) {
                empty.signalAll();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void unlink(Place place) {
        line.remove(place);
        waiting = line.length();
        if (line.first() == null) {
            STATE.getAndBitwiseAnd(this, ~WAITERS);
        }
    }

    /** A request is complete: its place goes to the first in line, or back. */
    void leave(Permit permit) {
        inside.remove(permit);
        completed.increment();
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
        Permit permit = null;
        lock.lock();
        try {
            next = line.first();
            if (next != null) {
                unlink(next);
                permit = admit(next.method, next.path);
                next.granted = permit;
            } else {
                long now = (long) STATE.getAndAdd(this, -1L) - 1;
                if (now == SHUT) {
                    empty.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
        if (next != null && permit != null) {
            next.wake(permit);
        }
    }

    /**
     * From now on every new request is refused; those inside and in line go on. Calling it again is
     * harmless.
     */
    void shut() {
        lock.lock();
        try {
            STATE.getAndBitwiseOr(this, SHUT);
        } finally {
            lock.unlock();
        }
    }

    /** Takes requests again; a drain that still waits is over. */
    void open() {
        lock.lock();
        try {
            STATE.getAndBitwiseAnd(this, ~SHUT);
            cutOff = false;
            empty.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until nobody is inside or in line, or the gate is open again, or the time is over; to
     * be called after {@link #shut}.
     *
     * @return false if the time is over and somebody is inside or in line
     */
    boolean awaitEmpty(Duration longest) throws InterruptedException {
        long left = longest.toNanos();
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

    /**
     * Refuses everybody in line and interrupts every request inside, unless the gate is open again.
     * Whoever was counted and is not in the list yet sees {@code cutOff} after it has put itself
     * there.
     *
     * @return the requests that were inside, oldest first
     */
    List<RunningRequest> cutOff() {
        List<Place> refused;
        lock.lock();
        try {
            if ((state & SHUT) == 0) {
                return List.of();
            }
            cutOff = true;
            refused = emptyLine();
        } finally {
            lock.unlock();
        }
        List<RunningRequest> requests = requests();
        inside.forEach(Permit::interrupt);
        refused.forEach(place -> {
            draining.increment();
            place.sendAway();
        });
        return requests;
    }

    private List<Place> emptyLine() {
        List<Place> places = new ArrayList<>();
        for (Place place = line.first(); place != null; place = line.first()) {
            unlink(place);
            place.sentAway = true;
            places.add(place);
        }
        return places;
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
        return limit;
    }

    /** Returns how many may wait in line; 0: none. */
    public int queue() {
        return queue;
    }

    /** Returns how long one may wait in line. */
    public Duration queueTimeout() {
        return Duration.ofNanos(queueTimeoutNanos);
    }

    /** Returns how many requests are inside; a snapshot. */
    public int active() {
        return (int) (state & COUNT);
    }

    /** Returns how many requests wait in line; a snapshot. */
    public int waiting() {
        return waiting;
    }

    /** Whether new requests are refused because of a drain. */
    public boolean draining() {
        return (state & SHUT) != 0;
    }

    /** Returns the requests inside, oldest first; a snapshot. */
    public List<RunningRequest> requests() {
        List<RunningRequest> requests = new ArrayList<>();
        long now = System.nanoTime();
        inside.forEach(permit -> requests.add(permit.describe(now)));
        requests.sort(Comparator.comparing(RunningRequest::age).reversed());
        return List.copyOf(requests);
    }

    /** Says which request a thread runs now, such as {@code GET /slow}; empty if none. */
    String requestOn(Thread thread) {
        for (Permit permit : inside) {
            if (permit.runsOn(thread)) {
                return permit.requestLine();
            }
        }
        return "";
    }

    WorkerStats stats(WorkerSettings settings, long harakiris, @Nullable GeventEngine hubs) {
        // before the lock: an engine may take one of its own, and requests in line wait for this
        int tasks = engine.activeTasks();
        int threads = engine.liveThreads();
        lock.lock();
        try {
            return new WorkerStats(
                    settings.model(),
                    limit,
                    settings.hubs(),
                    active(),
                    waiting,
                    completed.sum(),
                    lineFull.sum(),
                    lineTimeout.sum(),
                    draining.sum(),
                    harakiris,
                    tasks,
                    threads,
                    hubs == null ? 0 : hubs.carriers(),
                    hubs == null ? 0 : hubs.retakes(),
                    hubs == null ? 0 : hubs.longSlices(),
                    hubs == null ? Duration.ZERO : hubs.longestSlice(),
                    draining());
        } finally {
            lock.unlock();
        }
    }
}
