package dev.treadle.internal.gate;

import dev.treadle.internal.base.HubUse;
import dev.treadle.internal.hub.Hub;

import org.jspecify.annotations.Nullable;

/**
 * The slices and the processor time of the threads of one request, one after the other. A thread
 * that runs for the request at the same time as another is not counted. A slice in which a thread
 * leaves the request and comes back counts once.
 *
 * <p>Guarded by the lock of its permit.
 */
final class RequestUse {
    static final long UNKNOWN = -1;

    private @Nullable HubUse hub; // of the present thread
    private long slicesBefore; // of the present thread, when it came
    private long nanosBefore;

    private @Nullable HubUse lastHub;
    private long lastSlice;

    // of threads that have left
    private long slices;
    private long nanos;

    private boolean counted; // on a hub, at any time

    private boolean timed; // the present thread, which is a platform thread
    private long cpuBefore;

    /** The current thread begins to run for the request. */
    void enters() {
        HubUse present = Hub.currentUse();
        hub = present;
        if (present != null) {
            counted = present.isCounted();
            slicesBefore = present.slices() - 1;
            nanosBefore = present.nanos(System.nanoTime());
            if (present.equals(lastHub) && slicesBefore + 1 == lastSlice) {
                slicesBefore++; // counted already
            }
        } else {
            timed = ThreadCpu.wanted() && !Thread.currentThread().isVirtual();
            cpuBefore = timed ? ThreadCpu.ofCurrent() : 0;
        }
    }

    /** The current thread leaves the request. */
    void leaves() {
        HubUse present = hub;
        if (present != null) {
            hub = null;
            if (present.isCounted()) {
                lastSlice = present.slices();
                slices += lastSlice - slicesBefore;
                nanos += Math.max(0, present.nanos(System.nanoTime()) - nanosBefore);
                lastHub = present;
            }
        } else if (timed) {
            timed = false;
            nanos += Math.max(0, ThreadCpu.ofCurrent() - cpuBefore);
        }
    }

    /** Returns the index of the hub of the present thread; -1 if there is none. */
    int hubIndex() {
        HubUse present = hub;
        return present == null ? -1 : present.hub();
    }

    /**
     * Returns the use of the present thread; null if there is none, or if its slices are not
     * counted.
     */
    @Nullable HubUse present() {
        HubUse present = hub;
        return present == null || !present.isCounted() ? null : present;
    }

    /** Returns how many slices its greenlets had; {@link #UNKNOWN} if it had none. */
    long slices() {
        HubUse present = hub;
        long before = slices;
        return counted ? before + (present == null ? 0 : present.slices() - slicesBefore) : UNKNOWN;
    }

    /**
     * Returns the processor time, in nanoseconds; {@link #UNKNOWN} if this JVM does not tell. On a
     * platform thread that is not timed yet it begins now.
     *
     * @param running the present thread; null if there is none
     */
    long cpuNanos(@Nullable Thread running) {
        HubUse present = hub;
        if (present != null && counted) {
            return nanos + Math.max(0, present.nanos(System.nanoTime()) - nanosBefore);
        }
        if (running == null || running.isVirtual()) {
            return counted || nanos > 0 ? nanos : UNKNOWN;
        }
        long now = ThreadCpu.of(running);
        if (now < 0) {
            return UNKNOWN;
        }
        if (!timed) {
            timed = true;
            cpuBefore = now;
        }
        return nanos + Math.max(0, now - cpuBefore);
    }
}
