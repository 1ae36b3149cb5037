package dev.treadle.bench.blocking;

import java.util.concurrent.locks.ReentrantLock;

/**
 * What {@link HeldInitialiser} waits for. Public, for that class is defined by many class loaders.
 */
public final class InitialiserLock {
    static final ReentrantLock LOCK = new ReentrantLock();

    private InitialiserLock() {}

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
