package dev.treadle.internal.hub;

import dev.treadle.internal.base.StackCause;

import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * The processor time that a carrier uses, as a part of the time that passes. It tells a greenlet
 * that computes from one that waits inside native code: their stacks may look the same. Of the
 * watch only.
 */
final class CpuShare {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long UNKNOWN = -1;

    private final @Nullable Thread carrier;
    private final long since = System.nanoTime();
    private final long usedBefore;

    /** Begins now. */
    CpuShare(@Nullable Thread carrier) {
        this.carrier = carrier;
        this.usedBefore = used();
    }

    private long used() {
        Thread known = carrier;
        return known != null
                        && THREADS.isThreadCpuTimeSupported()
                        && THREADS.isThreadCpuTimeEnabled()
                ? THREADS.getThreadCpuTime(known.threadId())
                : UNKNOWN;
    }

    /** Returns the share until now; {@link StackCause#UNKNOWN_SHARE} if unknown. */
    double share() {
        long used = used();
        long passed = System.nanoTime() - since;
        return used < 0 || usedBefore < 0 || passed <= 0
                ? StackCause.UNKNOWN_SHARE
                : (double) (used - usedBefore) / passed;
    }
}
