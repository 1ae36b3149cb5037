package dev.treadle.internal;

import java.util.concurrent.locks.ReentrantLock;

/**
 * What {@link PinnedInitializer} waits for. Public, for that class is defined by many class
 * loaders.
 */
public final class PinLock {
    /** The lock. */
    public static final ReentrantLock LOCK = new ReentrantLock();

    /** What the current thread does before it waits. */
    static final ThreadLocal<Runnable> ENTERING = ThreadLocal.withInitial(() -> () -> {});

    private PinLock() {}

    /** Waits until the lock is free. */
    public static void pass() {
        ENTERING.get().run();
        LOCK.lock();
        try {
            LOCK.hasQueuedThreads();
        } finally {
            LOCK.unlock();
        }
    }
}
