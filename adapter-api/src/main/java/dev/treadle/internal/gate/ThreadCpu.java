package dev.treadle.internal.gate;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;

/**
 * The processor time of platform threads. A reading is a call of the operating system, which can
 * cost more than a microsecond on a virtual machine. So requests are timed from their beginning
 * only in the minute after somebody has looked.
 *
 * <p>Safe for any thread. The JVM has one: a look at the requests of some workers has those of
 * others timed too, which is harmless.
 */
final class ThreadCpu {
    private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final boolean TOLD =
            THREADS.isThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled();

    private static volatile boolean wanted;
    private static volatile long lastLook;

    private ThreadCpu() {}

    /** Somebody looks at requests now. */
    static void isLookedAt() {
        lastLook = System.nanoTime();
        wanted = TOLD;
    }

    /** Whether a request that begins now is to be timed. */
    static boolean wanted() {
        if (wanted && System.nanoTime() - lastLook > KEPT_NANOS) {
            wanted = false; // a look at this very moment may be undone: the next one mends it
        }
        return wanted;
    }

    /** Returns the processor time of the current platform thread, in nanoseconds; -1 if unknown. */
    static long ofCurrent() {
        return TOLD ? THREADS.getCurrentThreadCpuTime() : -1;
    }

    /** Returns the processor time of a platform thread, in nanoseconds; -1 if unknown, or ended. */
    static long of(Thread thread) {
        return TOLD ? THREADS.getThreadCpuTime(thread.threadId()) : -1;
    }
}
