package dev.treadle.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tasks of a thread-per-task engine: which threads run them, so that a close can wait for them
 * and interrupt them.
 *
 * <p>Invariant: after {@link #close} returned, no {@link #begin} succeeds; a thread whose begin
 * succeeded is in the set until its {@link #end}. Both hold because begin adds first and looks at
 * {@code closed} after, while close sets {@code closed} first and looks at the set after (each is a
 * sequentially consistent access): whichever comes second sees the other.
 */
final class LiveTasks {
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private volatile boolean closed;

    /** Takes the thread in, before it is started; false if closed. */
    boolean begin(Thread thread) {
        threads.add(thread);
        if (closed) {
            end(thread);
            return false;
        }
        return true;
    }

    void end(Thread thread) {
        threads.remove(thread);
        if (closed) {
            lock.lock();
            try {
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    int size() {
        return threads.size();
    }

    void close() {
        closed = true;
    }

    void interruptAll() {
        threads.forEach(Thread::interrupt);
    }

    List<String> names() {
        List<String> names = new ArrayList<>();
        threads.forEach(thread -> names.add(thread.getName()));
        return names;
    }

    /** Waits until no task runs or the time is over; to be called after {@link #close}. */
    boolean awaitEmpty(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            while (!threads.isEmpty() && left > 0) {
                left = ended.awaitNanos(left);
            }
            return threads.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** The steps that every thread-per-task engine closes with. */
    List<String> closeAndAwait(java.time.Duration grace, java.time.Duration afterInterrupt)
            throws InterruptedException {
        close();
        boolean empty = false;
        try {
            empty = awaitEmpty(TimeUnit.MILLISECONDS.toNanos(grace.toMillis()));
        } finally {
            if (!empty) {
                interruptAll(); // also if nobody waits any more because this thread was interrupted
            }
        }
        if (!empty) {
            awaitEmpty(TimeUnit.MILLISECONDS.toNanos(afterInterrupt.toMillis()));
        }
        return names();
    }
}
