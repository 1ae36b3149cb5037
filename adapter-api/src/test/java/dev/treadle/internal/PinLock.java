package dev.treadle.internal;

import java.util.concurrent.locks.ReentrantLock;

/**
 * What {@link PinnedInitializer} waits for. Public, for that class is defined by many class
 * loaders.
 */
public final class PinLock {
    /** The lock. */
    public static final ReentrantLock LOCK = new ReentrantLock();

    private PinLock() {}

    /** Waits until the lock is free. */
    public static void pass() {
        LOCK.lock();
        try {
            LOCK.hasQueuedThreads();
        } finally {
            LOCK.unlock();
        }
    }
}
