package dev.treadle.internal.hub;

import dev.treadle.internal.base.HubUse;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures the slices of one hub: for the hub as a whole, and for the task of each greenlet.
 *
 * <p>A greenlet whose first slice ends its task, as of a request that never waits, is in no map.
 * The others are found by the {@link SliceKey} of their slices.
 *
 * <p><b>Invariant: of a task that goes on after its first slice, each later slice is counted.</b>
 * The use is in the map before the greenlet can have another slice. A carrier that keeps the hub
 * puts it there before it looks at the queue. Where the watch takes the hub, the watch puts it
 * there before it gives the hub away. If the watch sees no use, the held carrier has put it there
 * ({@link Carrier#leaveSlice}), or does so when it adopts the use. A list of requests relies on it:
 * it takes no second stack of a greenlet that has had no slice meanwhile. If there is no memory to
 * put the use there, the end of the slice is not shown: the greenlet then never seems to rest. One
 * case is left: the watch has no memory for it, and the held carrier has, later. A slice between
 * the two is not counted.
 *
 * <p><b>Invariant: a task that is over is in no map.</b> Two threads may settle the end of a slice
 * at a time: the carrier that has the hub, and one that has lost it in an earlier slice of the same
 * greenlet. A thread that puts a use into the map looks afterwards whether its task is over, and
 * the thread of the task says that it is over before it looks whether its slice is in the map
 * ({@link #over}). So one of the two takes it out.
 */
final class SliceMeter {
    private static final VarHandle SLICES;
    private static final VarHandle BUSY;
    private static final VarHandle LONGEST;
    private static final VarHandle MEAN;

    /** A slice counts 1/64 of the mean: the mean follows a change within some hundred slices. */
    private static final int MEAN_SHIFT = 6;

    /** A single long slice says little about the next ones, so no more of it counts. */
    private static final long MOST_OF_A_SLICE = TimeUnit.MILLISECONDS.toNanos(10);

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SLICES = lookup.findVarHandle(SliceMeter.class, "slices", long.class);
            BUSY = lookup.findVarHandle(SliceMeter.class, "busyNanos", long.class);
            LONGEST = lookup.findVarHandle(SliceMeter.class, "longestNanos", long.class);
            MEAN = lookup.findVarHandle(SliceMeter.class, "meanNanos", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Map<Runnable, HubUse> uses = new ConcurrentHashMap<>();

    // Written by the carrier that has the hub.
    @SuppressWarnings("unused") // through SLICES
    private long slices;

    @SuppressWarnings("unused") // through BUSY
    private long busyNanos;

    @SuppressWarnings("unused") // through LONGEST
    private long longestNanos;

    @SuppressWarnings("unused") // through MEAN
    private long meanNanos;

    /** Of slices that ended without the hub: any number of carriers at a time. */
    private final AtomicLong longestLateNanos = new AtomicLong();

    /** How long slices had the hub before it was taken from them; written by the watch. */
    private volatile long lostNanos;

    /**
     * A slice begins; for the carrier that has the hub.
     *
     * @param now by {@link System#nanoTime}
     * @return the use that it adds to; null if it is none that is known
     */
    @Nullable HubUse begins(Runnable slice, long now) {
        SLICES.setOpaque(this, (long) SLICES.get(this) + 1);
        if (slice instanceof GreenletStart) {
            return null;
        }
        // no isEmpty() first: it may be true for a moment after a put, if two threads put this key
        Runnable key = SliceKey.of(slice);
        HubUse use = key == null ? null : uses.get(key);
        if (use != null) {
            use.begins(now);
        }
        return use;
    }

    /**
     * A slice has ended; for the carrier that has the hub.
     *
     * @param slice that ran at last: of a greenlet that has begun in it, if one has
     * @param use of that greenlet's task
     * @param known whether the use was known when the slice began
     */
    void ended(
            @Nullable Runnable slice, @Nullable HubUse use, boolean known, long began, long now) {
        long nanos = Math.max(0, now - began);
        BUSY.setOpaque(this, (long) BUSY.get(this) + nanos);
        if (nanos > (long) LONGEST.get(this)) {
            LONGEST.setOpaque(this, nanos);
        }
        long mean = (long) MEAN.get(this);
        long counted = Math.min(nanos, MOST_OF_A_SLICE);
        MEAN.setOpaque(this, mean == 0 ? counted : mean + ((counted - mean) >> MEAN_SHIFT));
        if (use != null && slice != null) {
            boolean over = use.over();
            if (!known && !over) {
                goesOn(slice, use); // before the end is shown: the next slice is to be counted
            }
            use.ends(began, now);
            if (known && over) {
                forget(slice);
            }
        }
    }

    /** The same for a carrier that has lost the hub. */
    void endedLate(@Nullable Runnable slice, @Nullable HubUse use, long began, long now) {
        longestLateNanos.accumulateAndGet(now - began, Math::max);
        if (use != null && slice != null) {
            if (!use.over()) {
                goesOn(slice, use); // before the end is shown: the next slice is to be counted
            }
            use.endsLate(began, now);
            if (use.over()) {
                forget(slice); // the watch may have made it known
            }
        }
    }

    /**
     * The hub was taken from this carrier in a slice; for the watch, before another carrier gets
     * the hub. If there is no use to be seen, the carrier makes it known, or has done so.
     */
    void goesOn(Carrier held) {
        HubUse use = held.use();
        if (use != null) {
            goesOn(held.slice(), use); // written before the use
        }
    }

    /** Makes the use known, for the slices that follow this one. */
    void goesOn(@Nullable Runnable slice, HubUse use) {
        Runnable key = slice == null || !use.isCounted() ? null : SliceKey.of(slice);
        if (key != null) {
            uses.put(key, use);
            if (use.over()) {
                uses.remove(key);
            }
        }
    }

    /**
     * The task is over; for its own thread, in a slice of this hub.
     *
     * @param slice that it is in
     * @param counted the use that the slice adds to
     */
    void over(HubUse use, @Nullable Runnable slice, @Nullable HubUse counted) {
        use.isOver();
        if (slice != null && !use.equals(counted)) {
            forget(slice);
        }
    }

    private void forget(Runnable slice) {
        Runnable key = SliceKey.of(slice);
        if (key != null) {
            uses.remove(key);
        }
    }

    /** The hub was taken from a slice that has had it for so long; for the watch. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void lost(long nanos) {
        lostNanos += nanos;
    }

    /** Returns how many slices have begun. */
    long slices() {
        return (long) SLICES.getOpaque(this);
    }

    /** Returns how long slices had the hub, those that have ended or lost it. */
    long busyNanos() {
        return (long) BUSY.getOpaque(this) + lostNanos;
    }

    /** Returns the time of the longest slice that has ended. */
    long longestNanos() {
        return Math.max((long) LONGEST.getOpaque(this), longestLateNanos.get());
    }

    /**
     * Returns the mean time of the last slices that have ended with the hub: a moving average, in
     * which 10 ms of a slice count at most; 0 before the first. A snapshot.
     */
    long meanNanos() {
        return (long) MEAN.getOpaque(this);
    }

    /** Returns how many tasks are found by their slices. */
    int known() {
        return uses.size();
    }
}
