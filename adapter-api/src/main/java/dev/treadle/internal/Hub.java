package dev.treadle.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One carrier (an OS thread) and its run queue: the scheduler of the virtual threads that were made on it. Each {@link
 * #execute} hands it one slice, the run of one virtual thread up to its next blocking point; slices run one after another
 * in the order they came. So between two blocking points a greenlet is never interleaved with another of its hub.
 *
 * <p><b>Protocol.</b> {@code state} is one of
 *
 * <ul>
 *   <li>{@code RUNNING}: a carrier is looking at the queue, or runs a slice. Whatever is offered will be seen.
 *   <li>{@code SLEEPING}: the carrier found the queue empty and parks, or is about to. Only the carrier enters it; the
 *       carrier itself or one producer leaves it, by compare-and-set to {@code RUNNING}; that producer unparks.
 *   <li>{@code NO_CARRIER}: there is no carrier thread: the hub was not used yet, or it is closed and has run all it had.
 *       A producer leaves it by compare-and-set to {@code RUNNING} and starts a carrier.
 * </ul>
 *
 * <p><b>No wake-up is lost</b>: the carrier writes {@code SLEEPING} (or {@code NO_CARRIER}), then a full fence, then looks
 * at the queue once more before it parks (or ends). A producer offers, then a full fence, then reads the state. Of the two
 * reads at least one comes after the other side's write: the carrier sees the slice, or the producer sees the state.
 *
 * <p><b>One consumer at a time</b>: only the thread that is the carrier polls. A new carrier is started only by the one
 * compare-and-set out of {@code NO_CARRIER}, which the former carrier had entered after its last poll.
 *
 * <p><b>A closed hub loses nothing</b>: virtual threads that were made on it (children a request left behind) may become
 * runnable after the close. Their slices are taken as ever and a carrier is started for them; it ends when it has no more.
 */
final class Hub implements Executor {
    private static final Logger LOG = System.getLogger("dev.treadle.hub");

    private static final int RUNNING = 0;
    private static final int SLEEPING = 1;
    private static final int NO_CARRIER = 2;

    private static final int QUEUE_CHUNK = 1_024;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Hub.class, "state", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** The OS thread under the greenlets of one hub. A daemon: what keeps a server alive is not its hubs. */
    static final class Carrier extends Thread {
        private final Hub hub;

        Carrier(Hub hub) {
            super(null, hub::carry, "treadle-hub-" + hub.index, 0, false);
            this.hub = hub;
            setDaemon(true);
            // not that of the thread that happens to start the carrier: it would keep an application from being unloaded
            setContextClassLoader(ClassLoader.getSystemClassLoader());
        }
    }

    private final int index;
    private final MessagePassingQueue<Runnable> slices = new MpscUnboundedVarHandleArrayQueue<>(QUEUE_CHUNK);

    @SuppressWarnings("unused") // through STATE
    private volatile int state = NO_CARRIER;

    private volatile @Nullable Carrier carrier;
    private volatile boolean closed;

    Hub(int index) {
        this.index = index;
    }

    int index() {
        return index;
    }

    /** Returns the one of {@code hubs} that carries the current thread, or null. */
    static @Nullable Hub current(Hub[] hubs) {
        if (!Thread.currentThread().isVirtual()) {
            return null;
        }
        if (JdkHubAccess.currentCarrier() instanceof Carrier held && held.hub.index < hubs.length
                && hubs[held.hub.index] == held.hub) {
            return held.hub;
        }
        return null;
    }

    /**
     * Takes the next slice of a virtual thread. The JDK calls this each time the thread becomes runnable, from any
     * thread; it never blocks and never rejects.
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
        boolean started = false;
        try {
            fresh.start();
            started = true;
        } finally {
            if (!started) {
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
    private void carry() {
        while (true) {
            Runnable slice = slices.poll();
            if (slice != null) {
                run(slice);
            } else if (closed) {
                if (!stay(NO_CARRIER)) {
                    return;
                }
            } else if (!stay(SLEEPING)) {
                sleep();
            }
        }
    }

    /**
     * Announces that this carrier is about to leave the queue alone.
     *
     * @return true if it has to stay, because a slice came meanwhile and no producer takes care of it
     */
    private boolean stay(int announced) {
        state = announced;
        VarHandle.fullFence();
        return !slices.isEmpty() && STATE.compareAndSet(this, announced, RUNNING);
    }

    private void sleep() {
        // Parking may return at any time for no reason; only a producer's compare-and-set ends the sleep, or the close.
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
            // The JDK's task catches what the virtual thread throws; what arrives here is a fault of the scheduler, of the
            // JDK, or of an uncaught exception handler. It must be seen, and the other greenlets of this hub must go on.
            report(broken);
        }
    }

    private static void report(Throwable broken) {
        Thread current = Thread.currentThread();
        try {
            current.getUncaughtExceptionHandler().uncaughtException(current, broken);
        } catch (Throwable brokenHandler) {
            broken.addSuppressed(brokenHandler);
            LOG.log(Level.ERROR, current.getName() + ": a slice failed, and so did the uncaught exception handler", broken);
        }
    }
}
