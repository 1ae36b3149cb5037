package dev.treadle.internal;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One daemon thread that looks at every hub. Where a carrier has been blocked within one slice for
 * longer than {@code retake} and greenlets wait, it gives the hub to a spare carrier ({@link
 * Hub#retake}): else one greenlet that blocks where a virtual thread cannot be unmounted (inside
 * {@code synchronized} or {@code Object.wait} before JDK 24, in a class initialiser on any) would
 * stop all others of its hub, and perhaps the very one it waits for.
 *
 * <p>A carrier that computes is left alone: greenlets are cooperative. So is one that blocks in
 * native code, which cannot be told from one that the system does not let run.
 *
 * <p><b>It reads no clock in a slice</b>: hubs count their slices, and this thread compares the
 * count with that of the tick before.
 *
 * <p><b>An idle server is not woken</b>: when no hub runs, this thread parks without a limit. It
 * sets {@code idle}, then looks at the hubs once more; a carrier that wakes is running first and
 * reads {@code idle} after (a full fence between, on both sides), so one of the two sees the other.
 */
final class HubWatch {
    private static final Logger LOG = System.getLogger("dev.treadle.hub");

    /** What was seen of one hub at the last look. */
    private static final class Sight {
        private Hub.@Nullable Carrier carrier;
        private long slice;
        private long since;
        private boolean told;
    }

    private final Hub[] hubs;
    private final Sight[] sights;
    private final long retakeNanos;
    private final long periodNanos;
    private final Thread thread;
    private volatile boolean idle;
    private volatile boolean closed;

    /**
     * @param retake how long a carrier may be blocked, at least 1 ms
     */
    HubWatch(Hub[] hubs, Duration retake) {
        this.hubs = hubs;
        this.retakeNanos = retake.toNanos();
        this.periodNanos = Math.max(TimeUnit.MILLISECONDS.toNanos(1), retakeNanos / 2);
        this.sights = new Sight[hubs.length];
        for (int i = 0; i < hubs.length; i++) {
            sights[i] = new Sight();
        }
        this.thread = Thread.ofPlatform().daemon().name("treadle-watch").unstarted(this::watch);
    }

    void start() {
        thread.start();
    }

    /** Ends the thread. */
    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    /** A hub runs: called by its carrier when it begins and after each sleep. */
    void hubWoke() {
        VarHandle.fullFence();
        if (idle) {
            idle = false;
            LockSupport.unpark(thread);
        }
    }

    private void watch() {
        while (!closed) {
            if (anyRuns()) {
                LockSupport.parkNanos(this, periodNanos);
                look(System.nanoTime());
            } else {
                idle = true;
                VarHandle.fullFence();
                if (!anyRuns() && !closed) {
                    LockSupport.park(this);
                }
                idle = false;
            }
        }
    }

    private boolean anyRuns() {
        for (Hub hub : hubs) {
            if (hub.runs()) {
                return true;
            }
        }
        return false;
    }

    private void look(long now) {
        for (int i = 0; i < hubs.length; i++) {
            try {
                look(hubs[i], sights[i], now);
            } catch (OutOfMemoryError noThread) {
                // the next look tries again; until then the watch must not die of it
                LOG.log(
                        Level.ERROR,
                        "no spare carrier could be started for treadle-hub-" + i,
                        noThread);
            }
        }
    }

    private void look(Hub hub, Sight sight, long now) {
        hub.ensureCarrier();
        Hub.Carrier carrier = hub.carrier();
        if (carrier == null || !carrier.inSlice()) {
            sight.carrier = null;
        } else if (carrier.equals(sight.carrier) && carrier.slices() == sight.slice) {
            if (now - sight.since >= retakeNanos && carrier.isBlocked() && hub.hasWaiting()) {
                retake(hub, carrier, sight);
            }
        } else {
            sight.carrier = carrier;
            sight.slice = carrier.slices();
            sight.since = now;
        }
    }

    private void retake(Hub hub, Hub.Carrier carrier, Sight sight) {
        sight.carrier = null;
        if (hub.retake(carrier) && !sight.told) {
            sight.told = true; // once a hub: an application that does this does it all the time
            LOG.log(
                    Level.INFO,
                    "{0} was blocked in a slice for longer than {1} ms with greenlets waiting: a spare carrier took its hub."
                            + " Likely synchronized or Object.wait before JDK 24; said once for each hub",
                    carrier.getName(),
                    TimeUnit.NANOSECONDS.toMillis(retakeNanos));
        }
    }
}
