package dev.treadle.internal.engine;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock that {@link PinnedInitializer} waits for. Public, because many class loaders define that
 * class.
 */
public final class PinLock {
    /** The lock. */
    public static final ReentrantLock LOCK = new ReentrantLock();

    /** An action of the current thread before it waits. */
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
