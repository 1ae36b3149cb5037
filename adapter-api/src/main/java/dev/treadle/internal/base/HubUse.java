package dev.treadle.internal.base;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How often one greenlet had its hub, and for how long.
 *
 * <p><b>Invariant: one writer at a time.</b> The carrier that runs a slice of the greenlet writes,
 * from the moment that it took the slice from the queue to the moment that it gives the slice up.
 * The next slice of the greenlet may run on another carrier. If that carrier has the same hub, it
 * is the next one in the hand-over of the hub, and sees all that was written. There is one
 * exception: a carrier that has lost its hub in a slice may add the time of that slice while the
 * greenlet runs its next slice elsewhere. So that time goes to a sum of its own, atomically ({@link
 * #endsLate}).
 *
 * <p>Any thread may read. It sees each slice from its beginning, and its time up to the present.
 */
public final class HubUse {
    private static final VarHandle SLICES;
    private static final VarHandle NANOS;
    private static final VarHandle SINCE;
    private static final VarHandle LATE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SLICES = lookup.findVarHandle(HubUse.class, "slices", long.class);
            NANOS = lookup.findVarHandle(HubUse.class, "nanos", long.class);
            SINCE = lookup.findVarHandle(HubUse.class, "since", long.class);
            LATE = lookup.findVarHandle(HubUse.class, "late", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static final long NOT_NOW = 0;

    private final int hub;
    private final boolean counted;

    @SuppressWarnings("unused") // through SLICES
    private long slices;

    @SuppressWarnings("unused") // through NANOS
    private long nanos;

    /** When the present slice began; {@link #NOT_NOW} outside of slices. */
    @SuppressWarnings("unused") // through SINCE
    private long since;

    @SuppressWarnings("unused") // through LATE
    private long late;

    private volatile boolean over;

    /**
     * @param hub the index of the hub, from 0
     * @param counted whether the carriers know the slices of this greenlet; if not, the numbers
     *     mean nothing
     */
    public HubUse(int hub, boolean counted) {
        this.hub = hub;
        this.counted = counted;
    }

    /** Whether the numbers mean anything: this JDK tells the slices of one greenlet apart. */
    public boolean isCounted() {
        return counted;
    }

    /** Returns the index of the hub, from 0. */
    public int hub() {
        return hub;
    }

    /**
     * A slice begins; for its carrier.
     *
     * @param now by {@link System#nanoTime}
     */
    public void begins(long now) {
        SINCE.setRelease(this, now | 1); // never NOT_NOW
        SLICES.setRelease(this, (long) SLICES.get(this) + 1);
    }

    /** The slice that began then ends on a carrier that still has the hub. */
    public void ends(long began, long now) {
        SINCE.setRelease(this, NOT_NOW); // first: a reader may miss the slice, not see it twice
        NANOS.setRelease(this, (long) NANOS.get(this) + Math.max(0, now - began));
    }

    /** The slice that began then ends on a carrier that has lost the hub. */
    public void endsLate(long began, long now) {
        SINCE.compareAndSet(this, began | 1, NOT_NOW); // or the next slice has begun already
        LATE.getAndAdd(this, Math.max(0, now - began));
    }

    /** The task of the greenlet is over: no further slice is to be counted. Any thread. */
    public void isOver() {
        over = true;
    }

    /** Whether {@link #isOver} was called. */
    public boolean over() {
        return over;
    }

    /** Returns how many slices have begun. */
    public long slices() {
        return (long) SLICES.getAcquire(this);
    }

    /**
     * Whether the greenlet has not run since the end of its slice of this number. So its stack is
     * what it was after that slice. False in a slice, also if the greenlet waits in it without
     * giving its carrier up.
     *
     * @param slice as {@link #slices} returned it
     */
    public boolean restsSince(long slice) {
        // in this order: a slice that begins sets the time first
        return slices() == slice && (long) SINCE.getAcquire(this) == NOT_NOW;
    }

    /**
     * Returns how long it had its hub up to now, in nanoseconds, the present slice included. While
     * a slice ends the value may miss that slice.
     *
     * @param now by {@link System#nanoTime}
     */
    public long nanos(long now) {
        long began = (long) SINCE.getAcquire(this);
        long ended = (long) NANOS.getAcquire(this) + (long) LATE.getAcquire(this);
        boolean runs = began != NOT_NOW && began == (long) SINCE.getAcquire(this);
        return runs ? ended + Math.max(0, now - began) : ended;
    }
}
