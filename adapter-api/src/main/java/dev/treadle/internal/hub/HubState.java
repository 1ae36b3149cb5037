package dev.treadle.internal.hub;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Whether a thread takes care of a hub: the one word through which its carrier and all other
 * threads agree.
 *
 * <ul>
 *   <li>{@link #RUNNING}: a carrier is looking at the queue, or runs a slice, or will soon.
 *       Anything that is published will be seen.
 *   <li>{@link #SLEEPING}: the carrier found nothing to do and parks or waits for events, or is
 *       about to. Only the carrier enters it; the carrier itself or one other thread leaves it;
 *       that other thread wakes the carrier.
 *   <li>{@link #NO_CARRIER}: no thread has the hub. The thread that leaves this state has the hub,
 *       and provides a carrier.
 * </ul>
 *
 * <p><b>Protocol.</b> Only the thread that has the hub enters {@code SLEEPING} or {@code
 * NO_CARRIER} ({@link #rest}): a write, a full fence, then one more look at the places where others
 * publish. A publisher publishes, then makes a full fence, then reads the word ({@link #summon}).
 * At least one of the two reads comes after the other side's write. So one of the two sees the
 * publication, however weak its memory ordering was. Both leave the two states by compare-and-set
 * to {@code RUNNING}, so only one of them handles it.
 */
final class HubState {
    static final int RUNNING = 0;
    static final int SLEEPING = 1;
    static final int NO_CARRIER = 2;

    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(HubState.class, "word", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private volatile int word = NO_CARRIER;

    boolean is(int state) {
        return word == state;
    }

    /**
     * Of any thread, after it published something to do.
     *
     * @return the state that the caller must now handle: {@code SLEEPING}: wake the carrier; {@code
     *     NO_CARRIER}: find one; {@code RUNNING}: nothing
     */
    int summon() {
        VarHandle.fullFence();
        int seen = word;
        return seen != RUNNING && resume(seen) ? seen : RUNNING;
    }

    /** The same, where a hub without a carrier may stay so; true: wake the carrier. */
    boolean summonSleeper() {
        VarHandle.fullFence();
        return is(SLEEPING) && resume(SLEEPING);
    }

    /**
     * Announces a rest, before one more look at the places where others publish. Only for the
     * thread that has the hub.
     */
    void rest(int announced) {
        WORD.setRelease(this, announced);
        VarHandle.fullFence();
    }

    /**
     * Ends a rest. Called by the thread that announced it and has work or need not wait any longer;
     * or by another thread that has found the hub at rest, and now wakes the carrier or has the
     * hub.
     *
     * @return false if another thread was faster, and takes care of it
     */
    boolean resume(int announced) {
        return WORD.compareAndSet(this, announced, RUNNING);
    }
}
