package dev.treadle.internal;

import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One carrier (an OS thread) and its run queue: the scheduler of the virtual threads that were made
 * on it. Each {@link #execute} hands it one slice, the run of one virtual thread up to its next
 * blocking point; slices run one after another in the order they came. So between two blocking
 * points a greenlet is never interleaved with another of its hub.
 *
 * <p><b>Protocol.</b> {@code state} is one of
 *
 * <ul>
 *   <li>{@code RUNNING}: a carrier is looking at the queue, or runs a slice. Whatever is offered
 *       will be seen.
 *   <li>{@code SLEEPING}: the carrier found the queue empty and parks, or is about to. Only the
 *       carrier enters it; the carrier itself or one producer leaves it, by compare-and-set to
 *       {@code RUNNING}; that producer unparks.
 *   <li>{@code NO_CARRIER}: there is no carrier thread: the hub was not used yet, or it is closed
 *       and has run all it had. A producer leaves it by compare-and-set to {@code RUNNING} and
 *       starts a carrier.
 * </ul>
 *
 * <p><b>No wake-up is lost</b>: the carrier writes {@code SLEEPING} (or {@code NO_CARRIER}), then a
 * full fence, then looks at the queue once more before it parks (or ends). A producer offers, then
 * a full fence, then reads the state. Of the two reads at least one comes after the other side's
 * write: the carrier sees the slice, or the producer sees the state.
 *
 * <p><b>One consumer at a time</b>: only the thread that is the carrier polls. A new carrier is
 * started only by the one compare-and-set out of {@code NO_CARRIER}, which the former carrier had
 * entered after its last poll, or by a retake, which is exclusive with the former carrier's return
 * from its slice ({@link Carrier}).
 *
 * <p><b>A closed hub loses nothing</b>: virtual threads that were made on it (children a request
 * left behind) may become runnable after the close. Their slices are taken as ever and a carrier is
 * started for them; it ends when it has no more.
 */
final class Hub implements Executor {
    private static final Logger LOG = System.getLogger("dev.treadle.hub");

    private static final int RUNNING = 0;
    private static final int SLEEPING = 1;
    private static final int NO_CARRIER = 2;

    private static final int QUEUE_CHUNK = 1_024;

    /**
     * How many carriers one hub may have, blocked ones included: as many as the JDK's scheduler
     * makes up for.
     */
    private static final int MOST_CARRIERS = 256;

    private static final VarHandle STATE;
    private static final VarHandle PLACE;
    private static final VarHandle SLICES;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Hub.class, "state", int.class);
            PLACE = lookup.findVarHandle(Carrier.class, "place", int.class);
            SLICES = lookup.findVarHandle(Carrier.class, "slices", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /**
     * The OS thread under the greenlets of one hub. A daemon: what keeps a server alive is not its
     * hubs.
     *
     * <p>{@code place} says where it is: {@code IN_HUB} (it looks at the queue), {@code IN_SLICE},
     * or {@code RETAKEN}. It goes from hub to slice by itself; from a slice either it goes back by
     * compare-and-set, or the watch takes the hub from it by compare-and-set to {@code RETAKEN},
     * one of the two. A carrier that finds itself retaken never looks at the queue again. So the
     * queue has one consumer at any time, also across a retake.
     */
    static final class Carrier extends Thread {
        private static final int IN_HUB = 0;
        private static final int IN_SLICE = 1;
        private static final int RETAKEN = 2;

        private final Hub hub;

        @SuppressWarnings("unused") // through PLACE
        private volatile int place = IN_HUB;

        /** How many slices it has begun; written by itself only. */
        private long slices;

        Carrier(Hub hub) {
            super(null, null, "treadle-hub-" + hub.index, 0, false);
            this.hub = hub;
            setDaemon(true);
            // not that of the thread that happens to start the carrier: it would keep an
            // application from being unloaded
            setContextClassLoader(ClassLoader.getSystemClassLoader());
        }

        @Override
        public void run() {
            try {
                hub.carry(this);
            } finally {
                hub.carriers.decrementAndGet();
            }
        }

        private void enterSlice() {
            SLICES.setOpaque(this, slices + 1);
            PLACE.setRelease(this, IN_SLICE);
        }

        /** Returns false if the hub was taken away meanwhile. */
        private boolean leaveSlice() {
            return PLACE.compareAndSet(this, IN_SLICE, IN_HUB);
        }

        boolean inSlice() {
            return place == IN_SLICE;
        }

        long slices() {
            return (long) SLICES.getOpaque(this);
        }

        /**
         * Whether it waits for something in Java: it is pinned, for a carrier in a slice has no
         * waiting of its own.
         */
        boolean isBlocked() {
            return switch (getState()) {
                case BLOCKED, WAITING, TIMED_WAITING -> true;
                default -> false;
            };
        }
    }

    private final int index;
    private final MessagePassingQueue<Runnable> slices =
            new MpscUnboundedVarHandleArrayQueue<>(QUEUE_CHUNK);

    @SuppressWarnings("unused") // through STATE
    private volatile int state = NO_CARRIER;

    private volatile @Nullable Carrier carrier;
    private final AtomicInteger carriers = new AtomicInteger();
    private volatile boolean closed;
    private @Nullable HubWatch watch; // set before the first slice

    Hub(int index) {
        this.index = index;
    }

    /** Has this hub watched; to be called before its first slice. */
    void watchedBy(HubWatch by) {
        watch = by;
    }

    /**
     * Whether there is something to watch: a carrier that runs slices or looks for some, or slices
     * without one.
     */
    boolean runs() {
        return state == RUNNING || hasWaiting();
    }

    /**
     * Starts a carrier if slices wait and there is none, because the last one could not be started.
     */
    void ensureCarrier() {
        if (state == NO_CARRIER && hasWaiting() && STATE.compareAndSet(this, NO_CARRIER, RUNNING)) {
            startCarrier();
        }
    }

    /** Returns the carrier that has this hub now; null before the first. */
    @Nullable Carrier carrier() {
        return carrier;
    }

    /** Whether slices wait in the queue. */
    boolean hasWaiting() {
        return !slices.isEmpty();
    }

    /**
     * Takes this hub from a carrier that is held in a slice, and gives it to a fresh one. The held
     * one goes on with its slice, in parallel, and ends behind it. To be called by the watch only.
     *
     * @return false if there was nothing to take, or there are too many carriers
     */
    boolean retake(Carrier held) {
        if (carriers.get() >= MOST_CARRIERS
                || !PLACE.compareAndSet(held, Carrier.IN_SLICE, Carrier.RETAKEN)) {
            return false;
        }
        startCarrier();
        return true;
    }

    int index() {
        return index;
    }

    /** Returns the one of {@code hubs} that carries the current thread, or null. */
    static @Nullable Hub current(Hub[] hubs) {
        if (!Thread.currentThread().isVirtual()) {
            return null;
        }
        if (JdkHubAccess.currentCarrier() instanceof Carrier held
                && held.hub.index < hubs.length
                && hubs[held.hub.index] == held.hub) {
            return held.hub;
        }
        return null;
    }

    /**
     * Takes the next slice of a virtual thread. The JDK calls this each time the thread becomes
     * runnable, from any thread; it never blocks and never rejects.
     */
    @Override
    public void execute(Runnable slice) {
        slices.offer(slice);
        VarHandle.fullFence();
        int seen = state;
        if (seen != RUNNING && STATE.compareAndSet(this, seen, RUNNING)) {
            if (seen == SLEEPING) {
                LockSupport.unpark(carrier);
            } else {
                startCarrier();
            }
        }
    }

    private void startCarrier() {
        Carrier fresh = new Carrier(this);
        carrier = fresh;
        carriers.incrementAndGet();
        boolean started = false;
        try {
            fresh.start();
            started = true;
        } finally {
            if (!started) {
                carriers.decrementAndGet();
                state = NO_CARRIER; // no memory for a thread just now: the next slice tries again
            }
        }
    }

    /** Lets the carrier end as soon as it has nothing to run. Calling it again is harmless. */
    void close() {
        closed = true;
        VarHandle.fullFence();
        if (state == SLEEPING) {
            LockSupport.unpark(carrier);
        }
    }

    /** The life of a carrier thread. */
    private void carry(Carrier self) {
        tellWatch();
        while (true) {
            Runnable slice = slices.poll();
            if (slice != null) {
                self.enterSlice();
                run(slice);
                if (!self.leaveSlice()) {
                    return;
                }
            } else if (closed) {
                if (!stay(NO_CARRIER)) {
                    return;
                }
            } else if (!stay(SLEEPING)) {
                sleep();
                tellWatch();
            }
        }
    }

    private void tellWatch() {
        HubWatch told = watch;
        if (told != null) {
            told.hubWoke();
        }
    }

    /**
     * Announces that this carrier is about to leave the queue alone.
     *
     * @return true if it has to stay, because a slice came meanwhile and no producer takes care of
     *     it
     */
    private boolean stay(int announced) {
        state = announced;
        VarHandle.fullFence();
        return !slices.isEmpty() && STATE.compareAndSet(this, announced, RUNNING);
    }

    private void sleep() {
        // Parking may return at any time for no reason; only a producer's compare-and-set ends the
        // sleep, or the close.
        while (state == SLEEPING) {
            if (closed && STATE.compareAndSet(this, SLEEPING, RUNNING)) {
                return;
            }
            LockSupport.park(this);
            Thread.interrupted(); // nothing is meant by it here, and with it no park would park
        }
    }

    private static void run(Runnable slice) {
        try {
            slice.run();
        } catch (Throwable broken) {
            // The JDK's task catches what the virtual thread throws; what arrives here is a fault
            // of the scheduler, of the
            // JDK, or of an uncaught exception handler. It must be seen, and the other greenlets of
            // this hub must go on.
            report(broken);
        }
    }

    private static void report(Throwable broken) {
        Thread current = Thread.currentThread();
        try {
            current.getUncaughtExceptionHandler().uncaughtException(current, broken);
        } catch (Throwable brokenHandler) {
            broken.addSuppressed(brokenHandler);
            LOG.log(
                    Level.ERROR,
                    current.getName()
                            + ": a slice failed, and so did the uncaught exception handler",
                    broken);
        }
    }
}
