package dev.treadle.internal.jfr;

import org.jspecify.annotations.Nullable;

/**
 * The events of Treadle for the JDK Flight Recorder. Without a recording that has an event enabled,
 * that event costs one read of a field. Without the module {@code jdk.jfr} there are none.
 *
 * <p>Safe for any thread.
 */
public final class FlightEvents {
    private static final boolean PRESENT = isPresent();

    private FlightEvents() {}

    /** Tries it: a runtime image may lack the module, and a module path may leave it out. */
    private static boolean isPresent() {
        try {
            SliceEvent.isOn();
            return true;
        } catch (LinkageError missing) {
            return false;
        }
    }

    /** Whether each slice is recorded now. */
    public static boolean recordsSlices() {
        return PRESENT && SliceEvent.isOn();
    }

    /**
     * Begins the record of a slice, if {@link #recordsSlices}. Returns null if there is no memory
     * for it: the slice is to run all the same.
     */
    public static @Nullable SliceRecord beginSlice() {
        try {
            return SliceEvent.started();
        } catch (OutOfMemoryError full) {
            return null;
        }
    }

    /** The record of one slice, for its thread. */
    public interface SliceRecord {
        /** Ends it. Returns whether it is longer than the threshold of the recording. */
        boolean ends();

        /**
         * Writes it.
         *
         * @param hub the index of the hub
         * @param thread the id of the thread whose slice it was; 0 if unknown
         */
        void write(int hub, long thread);
    }

    /** Whether slices that are too long are recorded now. */
    public static boolean recordsLongSlices() {
        return PRESENT && LongSliceEvent.isOn();
    }

    /** Records a slice that is too long. */
    public static void longSlice(LongSlice slice) {
        if (recordsLongSlices()) {
            LongSliceEvent.record(slice);
        }
    }

    /**
     * A slice that is too long.
     *
     * @param hub the index of its hub
     * @param thread the name of its thread, escaped
     * @param request method and path, escaped; empty if there is none
     * @param frame the application's own line; empty if there is none
     * @param cause what holds the hub
     * @param nanos how long it has lasted
     * @param stack one line for each frame
     */
    public record LongSlice(
            int hub,
            String thread,
            String request,
            String frame,
            String cause,
            long nanos,
            String stack) {}

    /** Records that a spare carrier has taken a hub. */
    public static void retake(int hub, long heldNanos) {
        if (PRESENT) {
            RetakeEvent.record(hub, heldNanos);
        }
    }

    /** Records that a request is interrupted because it ran too long. */
    public static void harakiri(String method, String path, long ageNanos) {
        if (PRESENT) {
            HarakiriEvent.record(method, path, ageNanos);
        }
    }

    /** Begins the wait of a request in the queue; null if waits are not recorded now. */
    public static @Nullable GateWait beginGateWait() {
        return PRESENT && GateWaitEvent.isOn() ? GateWaitEvent.started() : null;
    }

    /** The wait of one request in the queue. */
    public interface GateWait {
        /**
         * Ends it, and records it; on any thread, once.
         *
         * @param outcome {@code admitted}, or why it was not
         */
        void ended(String method, String path, String outcome);
    }
}
