package dev.treadle.internal.engine;

import dev.treadle.internal.hub.Hub;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Chooses the hub of a new task. All it reads are snapshots: a stale value costs balance and
 * nothing else. Safe for any thread.
 *
 * <p>A task of an event loop belongs on the hub of that loop: there its request is answered without
 * another thread. But a few connections may bring most of the load, such as those of one proxy, and
 * then their hub has a long queue while another is idle. So such a task goes to another hub if its
 * turn would come {@link #MARGIN_NANOS} earlier there. A task that goes elsewhere costs the
 * hand-over to another thread and back, some 20 us of processor time: the margin keeps the small
 * differences of a load that is even from costing that.
 */
final class HubBalance {
    /** How much earlier its turn must come for a task to leave the hub of its event loop. */
    static final long MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Hub[] hubs;

    /** Live greenlets by hub. */
    private final AtomicInteger[] live;

    private final AtomicInteger turn = new AtomicInteger();

    HubBalance(Hub[] hubs) {
        this.hubs = hubs;
        live = new AtomicInteger[hubs.length];
        for (int i = 0; i < hubs.length; i++) {
            live[i] = new AtomicInteger();
        }
    }

    /** Returns the count of the live greenlets of a hub, for the tasks that it counts. */
    AtomicInteger live(Hub hub) {
        return live[hub.index()];
    }

    /**
     * Returns the hub with the fewest live greenlets; in turn where several have as few: tasks that
     * end before the next comes are spread too.
     */
    Hub emptiest() {
        int best = hubs.length == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), hubs.length);
        int least = live[best].get();
        int first = best;
        for (int i = 1; i < hubs.length; i++) {
            int each = (first + i) % hubs.length;
            int other = live[each].get();
            if (other < least) {
                least = other;
                best = each;
            }
        }
        return hubs[best];
    }

    /**
     * Returns the hub for a task of an event loop: that of the loop, or the one on which the task's
     * turn comes first, if that is {@link #MARGIN_NANOS} earlier.
     *
     * @param own of the loop, whose thread is the current one and outside of slices
     */
    Hub lessBusy(Hub own) {
        if (hubs.length == 1) {
            return own;
        }
        long most = own.queuedNanos() - MARGIN_NANOS;
        if (most < 0) {
            return own; // the usual case, which does not ask for the time
        }
        Hub best = own;
        long now = System.nanoTime();
        long mean = own.meanNanos();
        int first = Math.floorMod(turn.getAndIncrement(), hubs.length); // of several that are equal
        for (int i = 0; i < hubs.length; i++) {
            Hub other = hubs[(first + i) % hubs.length];
            long nanos = other.equals(own) ? Long.MAX_VALUE : other.nanosToTurn(now, mean);
            if (nanos <= most) {
                most = nanos - 1;
                best = other;
            }
        }
        return best;
    }
}
