package dev.treadle.internal.hub;

import dev.treadle.internal.base.NeutralThreads;
import dev.treadle.loop.HubLoops;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The OS threads that the hubs of one engine have of their own, spare ones included: a thread whose
 * hub was retaken waits here for the next one, for some seconds. They are daemons: hubs must not
 * keep the JVM of a server alive.
 *
 * <p>It is never shut down: virtual threads that were made on a hub may need a carrier after its
 * close. Its threads end by themselves.
 *
 * <p>Not final: a test hands out threads that it controls.
 */
public class CarrierThreads {
    private static final Logger LOG = System.getLogger("dev.treadle.hub");

    /** How many, for each hub, held ones included: as many as the JDK's scheduler makes up for. */
    private static final int MOST_PER_HUB = 256;

    private static final long SPARE_SECONDS = 10;

    /** An OS thread that knows which carrier it is. */
    private static final class CarrierThread extends Thread {
        private volatile @Nullable Carrier carrier;

        CarrierThread(Runnable work) {
            super(null, work, "treadle-hub-spare", HubLoops.STACK_BYTES, false);
        }
    }

    private final ThreadPoolExecutor pool;

    /** See {@link #wakeElsewhere}. */
    private final ThreadPoolExecutor wakers;

    private final SpareTimers timers = new SpareTimers();
    private final AtomicInteger carrying = new AtomicInteger();
    private final AtomicBoolean tooManyTold = new AtomicBoolean();

    /** Threads for so many hubs. */
    public CarrierThreads(int hubs) {
        pool =
                new ThreadPoolExecutor(
                        0,
                        hubs * MOST_PER_HUB,
                        SPARE_SECONDS,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        work ->
                                NeutralThreads.daemon(
                                        () -> new CarrierThread(work),
                                        ClassLoader.getSystemClassLoader()));
        wakers =
                new ThreadPoolExecutor(
                        0,
                        hubs,
                        SPARE_SECONDS,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        work -> NeutralThreads.daemon("treadle-waker", work));
    }

    /**
     * Loads now all that {@link #wakeElsewhere} needs: its caller must not wait for a class that
     * another thread is loading either.
     *
     * @param wakesNothing of the class of those that will be handed over
     */
    void prepareWakers(Runnable wakesNothing) {
        wakeElsewhere(wakesNothing);
    }

    /**
     * Wakes a loop on a thread that may be held in the container's code. If there is none, nothing
     * is done: the watch, which has been told, finds the slices that wait, and gives the hub to
     * another carrier.
     */
    void wakeElsewhere(Runnable wake) {
        try {
            wakers.execute(wake);
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            // all wakers are held, or no thread can be started now
        }
    }

    /**
     * Lets a thread carry, a spare one if there is one.
     *
     * @throws RejectedExecutionException if there are too many
     */
    void carry(Carrier carrier) {
        carrying.incrementAndGet();
        boolean handed = false;
        try {
            pool.execute(() -> carryHere(carrier));
            handed = true;
        } finally {
            if (!handed) {
                carrying.decrementAndGet();
            }
        }
    }

    private void carryHere(Carrier carrier) {
        CarrierThread self = (CarrierThread) Thread.currentThread();
        self.carrier = carrier;
        try {
            name(self, carrier, "");
            carrier.hub().carry(carrier);
        } finally {
            carrying.decrementAndGet();
            self.carrier = null;
            name(self, carrier, "-spare");
        }
    }

    /** The name is only for show: without memory for it the thread carries all the same. */
    private static void name(Thread thread, Carrier carrier, String suffix) {
        try {
            thread.setName("treadle-hub-" + carrier.hub().index() + suffix);
        } catch (OutOfMemoryError full) {
            // it keeps the one before
        }
    }

    /** Whether one more may be had; a snapshot. */
    boolean hasRoom() {
        return carrying.get() < pool.getMaximumPoolSize();
    }

    /** Says once that there are too many. */
    void tooMany(int hub) {
        if (tooManyTold.compareAndSet(false, true)) {
            LOG.log(
                    Level.ERROR,
                    "treadle-hub-{0}: all {1} carriers are held; its greenlets wait until one is free. Said once",
                    hub,
                    pool.getMaximumPoolSize());
        }
    }

    /** Returns how many threads carry a hub or are held in a slice; a snapshot. */
    public int carrying() {
        return carrying.get();
    }

    /** Returns where timers go that no hub can keep. */
    SpareTimers timers() {
        return timers;
    }

    /** Lets threads end as soon as they have no hub, from now on. */
    public void keepNoSpares() {
        pool.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
        wakers.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
        timers.end();
    }

    /** Returns the carrier that a thread is, with or without its hub; null if it is none. */
    static @Nullable Carrier carrierOf(Thread thread) {
        return thread instanceof CarrierThread carrier ? carrier.carrier : null;
    }
}
