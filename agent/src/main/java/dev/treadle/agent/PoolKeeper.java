package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps the JVM alive for the workers of pools that are virtual threads and would be non-daemon
 * platform threads without the agent. A virtual thread alone lets the JVM end. Safe for any thread.
 *
 * <p>Invariant, whenever nobody holds the lock: a keeper thread exists if {@code running > 0} or
 * {@code made} is not empty. The keeper thread ends only under the lock, once neither is so.
 *
 * <p>A worker is in {@code made} from its making until its first step, which covers the moment
 * between its start and that step. A pool that shuts down at the same time may never start a worker
 * that it has made. So an entry that nobody has started is dropped when its maker has ended, or
 * after fifty looks, which take a second of a process that is not stopped meanwhile. A worker that
 * starts after that still counts from its first step on.
 */
final class PoolKeeper {
    static final String NAME = "treadle-keeper of pools that are not daemons";

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int MOST_LOOKS = 50;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Thread, Making> made = new HashMap<>(); // guarded by lock
    private int running; // guarded by lock
    private @Nullable Thread keeper; // guarded by lock

    private static final class Making {
        private final Thread maker = Thread.currentThread();
        private int looks;
    }

    /** The present thread has made a worker, and is about to start it. */
    void made(Thread worker) {
        lock.lock();
        try {
            ensureKept();
            made.put(worker, new Making());
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The present thread is a worker, and runs. */
    void begun() {
        lock.lock();
        try {
            made.remove(Thread.currentThread());
            running++;
            ensureKept();
        } catch (OutOfMemoryError noThread) {
            // a worker that does not run would be worse than a JVM that may end while it does
            System.err.println(Agent.PREFIX + "warning: " + NAME + ": " + noThread);
        } finally {
            lock.unlock();
        }
    }

    /** The present thread is a worker, and ends. */
    void ended() {
        lock.lock();
        try {
            running--;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void ensureKept() {
        if (keeper == null) {
            // it must keep nothing of the thread that happens to make the first worker
            Thread thread =
                    Thread.ofPlatform()
                            .name(NAME)
                            .group(root())
                            .daemon(false)
                            .inheritInheritableThreadLocals(false)
                            .unstarted(this::keep);
            thread.start();
            keeper = thread;
        }
    }

    private static ThreadGroup root() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    private void keep() {
        lock.lock();
        try {
            while (running > 0 || !made.isEmpty()) {
                boolean isLook = false; // and not a signal, of which there may be many at once
                try {
                    if (made.isEmpty()) {
                        changed.await();
                    } else {
                        isLook = changed.awaitNanos(LOOK_NANOS) <= 0;
                    }
                } catch (InterruptedException meaningless) {
                    // some code interrupts every thread that it finds; the flag is clear again
                }
                if (isLook) {
                    made.values().forEach(making -> making.looks++);
                }
                made.entrySet().removeIf(each -> isNotStarted(each.getKey(), each.getValue()));
            }
            keeper = null;
        } finally {
            lock.unlock();
        }
    }

    private static boolean isNotStarted(Thread worker, Making making) {
        return switch (worker.getState()) {
            case TERMINATED -> true; // the scheduler has refused it
            case NEW -> !making.maker.isAlive() || making.looks > MOST_LOOKS;
            default -> false;
        };
    }
}
