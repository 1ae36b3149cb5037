package dev.treadle.bench.blocking;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock that {@link HeldInitialiser} waits for. Public, because many class loaders define that
 * class.
 */
public final class InitialiserLock {
    static final ReentrantLock LOCK = new ReentrantLock();

    /** An action of the current thread before it waits. */
    static final ThreadLocal<Runnable> HELD = ThreadLocal.withInitial(() -> () -> {});

    private InitialiserLock() {}

    /** Waits until the lock is free. */
    public static void pass() {
        HELD.get().run();
        LOCK.lock();
        try {
            LOCK.hasQueuedThreads();
        } finally {
            LOCK.unlock();
        }
    }
}
