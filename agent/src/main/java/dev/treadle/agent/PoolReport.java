package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says which pools were made cooperative, and which were left and why: one line for each place in
 * the code, however many pools it makes. Safe for any thread.
 *
 * <p>A thread of its own writes the lines. The first pool may be made before the application has
 * chosen its log manager, or by the log manager itself. So that thread waits until no new place has
 * come for some seconds, and nobody waits for it.
 */
final class PoolReport {
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** Without a server nothing tells that the application has begun. */
    private static final long QUIET_WITHOUT_SERVER_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** An application may make classes without an end, each with a pool. */
    private static final int MOST_PLACES = 1_000;

    private final Map<String, Place> places = new ConcurrentHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Set<Place> news = new LinkedHashSet<>(); // guarded by lock
    private long lastNanos; // guarded by lock
    private boolean hasServer; // guarded by lock
    private boolean waits; // guarded by lock: there is a thread that will report
    private boolean hasReported; // guarded by lock
    private boolean isFull; // guarded by lock: there are places that are not listed
    private boolean hasToldFull; // guarded by lock

    /** A place in the code that makes pools. */
    final class Place {
        private final String code;
        private final String kind;
        private final boolean listed;
        private volatile String bound = "";
        private volatile @Nullable String thread;
        private volatile @Nullable String reason;

        private Place(String code, String kind, boolean listed) {
            this.code = code;
            this.kind = kind;
            this.listed = listed;
        }

        /** A pool of this size was made here. */
        void bounded(int threads) {
            bound =
                    threads == Integer.MAX_VALUE
                            ? ", any number of threads"
                            : ", at most " + threads + (threads == 1 ? " thread" : " threads");
        }

        /** A thread of a pool has this name; the first is kept. */
        void threadNamed(String name) {
            if (thread == null) {
                thread = name;
            }
        }

        /**
         * Threads of a pool stay as they are; the first reason is kept. Other pools of this place
         * may have another thread factory.
         */
        void leave(String why) {
            if (reason == null) {
                reason = why;
                if (listed) {
                    add(this);
                }
            }
        }

        private boolean isLeft() {
            return reason != null && thread == null;
        }

        @Override
        public String toString() {
            String name = thread;
            String why = reason;
            String pool = code + " (" + kind + bound + (name == null ? "" : ", such as " + name);
            if (why == null) {
                return pool + "): on virtual threads";
            }
            return pool
                    + (name == null ? "): left as it is: " : "): some left as they are: ")
                    + why;
        }
    }

    /** A pool was made, and will be cooperative unless its threads tell something else. */
    Place changed(String code, String kind) {
        String key = code + " " + kind;
        Place known = places.get(key);
        if (known != null) {
            return known;
        }
        if (places.size() >= MOST_PLACES) {
            full();
            return new Place(code, kind, false);
        }
        return places.computeIfAbsent(
                key,
                none -> {
                    Place place = new Place(code, kind, true);
                    add(place);
                    return place;
                });
    }

    /** Something is left as it is. */
    void left(String code, String kind, String reason) {
        String key = code + " " + kind;
        if (places.containsKey(key)) {
            return;
        }
        if (places.size() >= MOST_PLACES) {
            full();
        } else {
            places.computeIfAbsent(key, none -> new Place(code, kind, true)).leave(reason);
        }
    }

    private void full() {
        lock.lock();
        try {
            if (!isFull) {
                isFull = true;
                lastNanos = System.nanoTime();
                startWaiting();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A server starts, so the application has begun. */
    void serverStarts() {
        lock.lock();
        try {
            hasServer = true;
            lastNanos = System.nanoTime();
            startWaiting();
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    private void add(Place place) {
        lock.lock();
        try {
            news.add(place);
            lastNanos = System.nanoTime();
            startWaiting();
        } finally {
            lock.unlock();
        }
    }

    private void startWaiting() {
        if (!waits) {
            try {
                Thread.ofPlatform()
                        .name("treadle-pool-report")
                        .daemon(true)
                        .inheritInheritableThreadLocals(false)
                        .start(this::reportWhenQuiet);
                waits = true;
            } catch (OutOfMemoryError noThread) {
                // the next place tries again; the application must not get this error for a report
            }
        }
    }

    private void reportWhenQuiet() {
        List<Place> batch;
        boolean first;
        boolean tellFull;
        lock.lock();
        try {
            for (long left = nanosLeft(); left > 0; left = nanosLeft()) {
                try {
                    more.awaitNanos(left);
                } catch (InterruptedException meaningless) {
                    // some code interrupts every thread that it finds; the flag is clear again
                }
            }
            batch = new ArrayList<>(news);
            news.clear();
            first = !hasReported;
            hasReported = true;
            tellFull = isFull && !hasToldFull;
            hasToldFull = isFull;
            waits = false;
        } finally {
            lock.unlock();
        }
        log(batch, first, tellFull);
    }

    private long nanosLeft() {
        long quiet = hasServer ? QUIET_NANOS : QUIET_WITHOUT_SERVER_NANOS;
        return quiet - (System.nanoTime() - lastNanos);
    }

    private static void log(List<Place> batch, boolean first, boolean tellFull) {
        Logger log = System.getLogger("dev.treadle.agent");
        if (first) {
            long left = batch.stream().filter(Place::isLeft).count();
            log.log(
                    Level.INFO,
                    "monkey-patch=executors: places of the code with pools on virtual threads: "
                            + (batch.size() - left)
                            + ", left as they are: "
                            + left);
        }
        batch.forEach(place -> log.log(Level.INFO, "pool of " + place));
        if (tellFull) {
            log.log(
                    Level.INFO,
                    "more than " + MOST_PLACES + " places make pools; further ones are not listed");
        }
    }
}
