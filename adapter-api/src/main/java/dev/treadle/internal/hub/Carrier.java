package dev.treadle.internal.hub;

import dev.treadle.internal.base.HubUse;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right and duty of one OS thread to carry one hub. A thread of the hub's own gets a fresh one
 * each time it takes a hub; the thread of an event loop has one for as long as it is attached.
 *
 * <p><b>Protocol.</b> {@code place} says where it is:
 *
 * <ul>
 *   <li>{@code OUT}: it does not have the hub and must not touch queue, state or loop.
 *   <li>{@code IN_HUB}: it has the hub and looks at the queue, or sleeps on a thread of its own.
 *   <li>{@code IN_SLICE}: it has the hub and runs a slice.
 *   <li>{@code IN_LOOP}: it has the hub and is in the container's code, where it waits for events
 *       and hands them on, or sleeps.
 * </ul>
 *
 * A carrier goes from hub to slice, and to the loop, by itself. The way back is a race of two
 * compare-and-sets: either the carrier goes back, or the watch takes the hub from it by setting
 * {@code OUT}. One of the two wins, and the loser sees it. A carrier gets the hub only from the
 * thread that has it and gives it away ({@link Hub}). So a hub has exactly one carrier that is not
 * {@code OUT} at any time, across retakes too; while the hub is handed over it has none.
 */
final class Carrier {
    private static final int OUT = 0;
    private static final int IN_HUB = 1;
    private static final int IN_SLICE = 2;
    private static final int IN_LOOP = 3;

    private static final VarHandle PLACE;
    private static final VarHandle SLICES;
    private static final VarHandle SLICE;
    private static final VarHandle BEGAN;
    private static final VarHandle USE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PLACE = lookup.findVarHandle(Carrier.class, "place", int.class);
            SLICES = lookup.findVarHandle(Carrier.class, "slices", long.class);
            SLICE = lookup.findVarHandle(Carrier.class, "slice", Runnable.class);
            BEGAN = lookup.findVarHandle(Carrier.class, "began", long.class);
            USE = lookup.findVarHandle(Carrier.class, "use", HubUse.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** The threads of event loops that are attached: their classes are the containers'. */
    private static final Map<Thread, Carrier> HOMES = new ConcurrentHashMap<>();

    private final Hub hub;

    /** The thread of a loop, rather than one of the hub's own. */
    private final boolean home;

    private volatile @Nullable Thread thread;

    @SuppressWarnings("unused") // through PLACE
    private volatile int place = OUT;

    /** How many slices it has begun; written by itself only. */
    private long slices;

    /**
     * The slice that it runs, for reports and for the watch; null outside of a slice, but for a
     * moment after it; written by the carrier itself only.
     */
    @SuppressWarnings("unused") // through SLICE
    private @Nullable Runnable slice;

    /** Of the slice that it runs, and null when that is; written by this thread alone. */
    private @Nullable HubUse use;

    /** When its last slice began; written by itself only. */
    private long began;

    /** Where it sleeps; written before the hub's state says that it does. */
    private boolean sleepsInLoop;

    // Touched by this thread alone: between starting a virtual thread and running its first slice.
    private boolean starting;
    private @Nullable Runnable firstSlice;

    Carrier(Hub hub, boolean home) {
        this.hub = hub;
        this.home = home;
    }

    Hub hub() {
        return hub;
    }

    boolean isHome() {
        return home;
    }

    /** Says which thread this is; once, by that thread. */
    void settle() {
        Thread self = Thread.currentThread();
        thread = self;
        if (home) {
            HOMES.put(self, this);
        }
    }

    /** The thread is done with carrying. */
    void unsettle() {
        Thread self = thread;
        if (home && self != null) {
            HOMES.remove(self, this);
        }
    }

    /**
     * Returns the carrier of an OS thread, of any hub, whether it has the hub or not; null if there
     * is none.
     */
    static @Nullable Carrier of(Thread os) {
        Carrier found = CarrierThreads.carrierOf(os);
        return found == null ? HOMES.get(os) : found;
    }

    @Nullable Thread thread() {
        return thread;
    }

    boolean is(Thread other) {
        return other.equals(thread);
    }

    /** Gives the hub to this carrier, which has none. */
    void letIn() {
        place = IN_HUB;
    }

    /**
     * Gives the hub to this carrier, which belongs to a loop's own thread, in the state of a
     * carrier in the loop: it asked for the hub from the container's code, and may still be held
     * there. It takes the hub by {@link #leaveLoop}, as usual, or finds that the watch was faster.
     */
    void letIntoLoop() {
        place = IN_LOOP;
    }

    boolean isOut() {
        return place == OUT;
    }

    /**
     * Leaves the hub outside of a slice.
     *
     * @return false if it was taken away already
     */
    boolean leave() {
        return (int) PLACE.getAndSet(this, OUT) != OUT;
    }

    /**
     * Begins a slice.
     *
     * @param known the use that it adds to; null: none is known yet
     * @param now by {@link System#nanoTime}
     */
    void enterSlice(Runnable next, @Nullable HubUse known, long now) {
        USE.setOpaque(this, known);
        BEGAN.setOpaque(this, now);
        SLICE.setOpaque(this, next);
        SLICES.setRelease(this, slices + 1); // after the begin
        PLACE.setRelease(this, IN_SLICE);
    }

    /**
     * Ends the slice. If the hub is kept, slice and use are cleared here. If the watch has taken
     * the hub, they stay: the watch reads them to make the use known. This thread makes the use
     * known too, and then calls {@link #forgetSlice}. Otherwise the next slice of the greenlet, on
     * another carrier, might not be counted.
     *
     * @return false if the hub was taken away meanwhile
     */
    boolean leaveSlice() {
        boolean hasHub = PLACE.compareAndSet(this, IN_SLICE, IN_HUB);
        if (hasHub) {
            forgetSlice();
        }
        return hasHub;
    }

    /** Clears slice and use, after the slice has ended. */
    void forgetSlice() {
        SLICE.setRelease(this, (Runnable) null);
        USE.setRelease(this, (HubUse) null);
    }

    /**
     * Goes into the container's code; nothing of the hub is touched from here.
     *
     * @return false if the hub was taken away, because its loop has ended
     */
    boolean enterLoop() {
        return PLACE.compareAndSet(this, IN_HUB, IN_LOOP);
    }

    /** Returns false if the hub was taken away meanwhile, or if it was not in the loop. */
    boolean leaveLoop() {
        return PLACE.compareAndSet(this, IN_LOOP, IN_HUB);
    }

    /** Takes the hub from this carrier if it is in a slice; for the watch. */
    boolean takeOut() {
        return PLACE.compareAndSet(this, IN_SLICE, OUT);
    }

    /** The same if it is in the loop, and not if it is in a slice by now. */
    boolean takeOutOfLoop() {
        return PLACE.compareAndSet(this, IN_LOOP, OUT);
    }

    boolean inLoop() {
        return place == IN_LOOP;
    }

    boolean inSlice() {
        return place == IN_SLICE;
    }

    long slices() {
        return (long) SLICES.getAcquire(this);
    }

    /**
     * Returns what it runs; null if it runs nothing. It is still there for a moment after the
     * slice. The watch that finds null after it took the hub sees what this carrier did before
     * {@link #forgetSlice}; the same holds for {@link #use}.
     */
    @Nullable Runnable slice() {
        return (Runnable) SLICE.getAcquire(this);
    }

    /** Returns how long its slice has lasted, in nanoseconds; 0 if it is in none with its hub. */
    long nanosInSlice(long now) {
        long since = (long) BEGAN.getOpaque(this);
        return inSlice() ? Math.max(0, now - since) : 0;
    }

    /**
     * Returns the use that its slice adds to; null if there is none. The read is volatile for the
     * watch, which takes the hub before it: see {@link #adopt}.
     */
    @Nullable HubUse use() {
        return (HubUse) USE.getVolatile(this);
    }

    /** Returns the use that the current thread's slice adds to; null if there is none. */
    static @Nullable HubUse currentUse() {
        Carrier carrier = of(JdkHubAccess.currentCarrier());
        return carrier == null ? null : carrier.use;
    }

    /**
     * Has the slice that it runs add to {@code begun}; for this thread only. The watch that takes
     * the hub makes the use known for the next slices, if it sees it. If it does not, this thread
     * sees that the hub was taken: each writes, then reads what the other one writes, and all four
     * are volatile.
     */
    void adopt(HubUse begun) {
        if (use == null) {
            begun.begins(began);
            USE.setVolatile(this, begun);
            if (isOut()) {
                hub.meter().goesOn(slice(), begun);
            }
        }
    }

    boolean sleepsInLoop() {
        return sleepsInLoop;
    }

    void sleepsInLoop(boolean inLoop) {
        sleepsInLoop = inLoop;
    }

    /**
     * Starts a virtual thread of this hub on this very carrier and runs its first slice at once:
     * its turn has come already, and another way through the queue would be for nothing.
     *
     * @param begun the use of its task; null: it is not counted
     */
    void start(Thread greenlet, @Nullable HubUse begun) {
        starting = true;
        try {
            greenlet.start();
        } finally {
            starting = false;
        }
        Runnable first = firstSlice;
        firstSlice = null;
        if (first != null) {
            SLICE.setOpaque(this, first);
            if (begun != null) {
                adopt(begun);
            }
            first.run();
        }
    }

    /** Whether {@code slice} is the first of the thread that {@link #start} just starts here. */
    boolean takesFirst(Runnable candidate) {
        if (starting && is(Thread.currentThread())) {
            starting = false;
            firstSlice = candidate;
            return true;
        }
        return false;
    }
}
