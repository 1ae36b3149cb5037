package dev.treadle.bench.blocking;

import java.util.concurrent.locks.ReentrantLock;

/**
 * What {@link HeldInitialiser} waits for. Public, for that class is defined by many class loaders.
 */
public final class InitialiserLock {
    static final ReentrantLock LOCK = new ReentrantLock();

    /** What the current thread does before it waits. */
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
