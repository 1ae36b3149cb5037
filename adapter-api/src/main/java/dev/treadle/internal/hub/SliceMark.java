package dev.treadle.internal.hub;

import org.jspecify.annotations.Nullable;

/**
 * One slice of one carrier. Two looks at a greenlet that give the same mark say that it was on its
 * carrier all the time between, and no other greenlet of its hub was.
 */
public final class SliceMark {
    private final Carrier carrier;
    private final long slice;

    private SliceMark(Carrier carrier, long slice) {
        this.carrier = carrier;
        this.slice = slice;
    }

    /** Returns the slice the current thread is in; null if it is no greenlet of a hub. */
    public static @Nullable SliceMark current() {
        Carrier carrier =
                Thread.currentThread().isVirtual()
                        ? Carrier.of(JdkHubAccess.currentCarrier())
                        : null;
        return carrier == null ? null : new SliceMark(carrier, carrier.slices());
    }

    /**
     * Returns the slice another thread is in; null if it is on no carrier of a hub now, or went on
     * or off one during the look.
     *
     * @throws IllegalStateException if this JDK does not tell
     */
    static @Nullable SliceMark of(Thread greenlet) {
        Thread os = JdkHubAccess.carrierOf(greenlet);
        Carrier carrier = os == null ? null : Carrier.of(os);
        if (os == null || carrier == null) {
            return null;
        }
        long slice = carrier.slices();
        // on the same carrier before and after, in the same slice: so that slice is its own
        return os.equals(JdkHubAccess.carrierOf(greenlet)) && carrier.slices() == slice
                ? new SliceMark(carrier, slice)
                : null;
    }

    /** Whether the other mark is of the same slice. */
    public boolean isSame(@Nullable SliceMark other) {
        return other != null && carrier.equals(other.carrier) && slice == other.slice;
    }

    /** Returns the name of the hub. */
    public String hub() {
        return "treadle-hub-" + hubIndex();
    }

    /** Returns the index of the hub. */
    public int hubIndex() {
        return carrier.hub().index();
    }
}
