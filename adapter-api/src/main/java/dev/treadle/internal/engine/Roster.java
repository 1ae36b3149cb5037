package dev.treadle.internal.engine;

import dev.treadle.internal.hub.JdkHubAccess;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * A concurrent set for many threads that add and remove and a few that iterate; it also counts
 * removals. Every request is added and removed once, so these two must be cheap. A concurrent map
 * of the JDK is slower: each fresh virtual thread must first get a place in the map's counter
 * cells, and the map takes an identity hash of each object (ADR 17).
 *
 * <p>An array of slots. Each OS thread starts its search for a free slot where it freed one last,
 * so two hubs seldom write to the same cache line. If the JVM does not tell the carrier of a
 * virtual thread ({@link JdkHubAccess#currentCarrier}), the search starts at an arbitrary slot. An
 * element that finds no free slot near by goes to a set of the JDK.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>Each {@link #forEach} that begins after an {@link #add} sees the element until its {@link
 *       #remove}, because the element keeps one place all the time. Taking, freeing and reading a
 *       slot are sequentially consistent, like accesses of a volatile field. So if one thread adds
 *       and then reads a flag, and another writes the flag and then iterates, at least one of them
 *       sees the other.
 *   <li>Each slot has its own count. Only the holder of the slot writes it, before it frees the
 *       slot. The next holder takes the slot after that, so no count is lost.
 *   <li>The start of a search is a hint: a stale one costs only time.
 * </ul>
 *
 * <p>Safe for any thread.
 *
 * @param <T> the elements; each equal to itself only
 */
public final class Roster<T> {
    /** More than requests are inside by default: 48 KiB. */
    public static final int DEFAULT_SLOTS = 4_096;

    private static final int NO_SLOT = -1;
    private static final int PROBES = 8;
    private static final int STRIPE_BITS = 4;
    private static final int STRIPES = 1 << STRIPE_BITS;
    private static final int INTS_APART = 32; // two cache lines, which x86 fetches together

    private final int mask;
    private final AtomicReferenceArray<T> slots;
    private final AtomicLongArray gone;
    private final AtomicIntegerArray hints = new AtomicIntegerArray(STRIPES * INTS_APART);
    private final Set<T> others = ConcurrentHashMap.newKeySet();
    private final LongAdder othersGone = new LongAdder();

    /**
     * @param atLeast how many slots, at least 1; the next power of two is taken
     */
    public Roster(int atLeast) {
        stripe(); // does the one-time initialisation here, and not in a request
        int count = Integer.highestOneBit(Math.max(1, atLeast) * 2 - 1);
        mask = count - 1;
        slots = new AtomicReferenceArray<>(count);
        gone = new AtomicLongArray(count);
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            hints.setPlain(stripe * INTS_APART, (int) ((long) count * stripe / STRIPES));
        }
    }

    /**
     * Adds an element that is not there.
     *
     * @return the place, to be passed to {@link #remove}
     */
    public int add(T who) {
        int stripe = stripe();
        int first = hints.getOpaque(stripe);
        for (int i = first; i < first + PROBES; i++) {
            int slot = i & mask;
            if (slots.getOpaque(slot) == null && slots.compareAndSet(slot, null, who)) {
                hints.setOpaque(stripe, slot + 1);
                return slot;
            }
        }
        hints.setOpaque(stripe, (first + PROBES) & mask);
        others.add(who);
        return NO_SLOT;
    }

    /**
     * Removes an element, once.
     *
     * @param place the place that {@link #add} has returned
     * @throws IllegalStateException if it is not there
     */
    public void remove(T who, int place) {
        if (place == NO_SLOT) {
            if (!others.remove(who)) {
                throw new IllegalStateException("not there: " + who);
            }
            othersGone.increment();
            return;
        }
        if (!who.equals(slots.getOpaque(place))) {
            throw new IllegalStateException("not there: " + who);
        }
        gone.setOpaque(place, gone.getOpaque(place) + 1);
        slots.set(place, null);
        hints.setOpaque(stripe(), place);
    }

    private static int stripe() {
        return Stripe.current(STRIPE_BITS) * INTS_APART;
    }

    /** Calls {@code action} for every element; a snapshot that blocks no other thread. */
    public void forEach(Consumer<? super T> action) {
        for (int slot = 0; slot <= mask; slot++) {
            T who = slots.get(slot);
            if (who != null) {
                action.accept(who);
            }
        }
        others.forEach(action);
    }

    /** Returns how many are there; a snapshot. */
    public int size() {
        int size = others.size();
        for (int slot = 0; slot <= mask; slot++) {
            if (slots.get(slot) != null) {
                size++;
            }
        }
        return size;
    }

    /** Whether it has no element; a snapshot. */
    public boolean isEmpty() {
        for (int slot = 0; slot <= mask; slot++) {
            if (slots.get(slot) != null) {
                return false;
            }
        }
        return others.isEmpty();
    }

    /** Returns how many have been removed; a snapshot. */
    public long gone() {
        long sum = othersGone.sum();
        for (int slot = 0; slot <= mask; slot++) {
            sum += gone.getOpaque(slot);
        }
        return sum;
    }
}
