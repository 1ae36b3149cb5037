package dev.treadle.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The tasks of a thread-per-task engine: which ones there are, so that a close can wait for them
 * and interrupt them.
 *
 * <p>Invariant: after {@link #close} returned, no {@link #begin} succeeds; a task whose begin
 * succeeded is in the roster until its {@link #end}. Both hold because begin adds first and looks
 * at {@code closed} after, while close sets {@code closed} first and looks at the roster after
 * (each is a sequentially consistent access): whichever comes second sees the other.
 */
final class LiveTasks {
    private final Roster<LiveTask> tasks;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private volatile boolean closed;

    /**
     * @param slots for how many tasks it is fast
     */
    LiveTasks(int slots) {
        tasks = new Roster<>(slots);
    }

    /** Takes the task in, before it is started; false if closed. */
    boolean begin(LiveTask task) {
        task.place = tasks.add(task);
        if (closed) {
            end(task);
            return false;
        }
        return true;
    }

    void end(LiveTask task) {
        tasks.remove(task, task.place);
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
        return tasks.size();
    }

    void close() {
        closed = true;
    }

    void forEach(Consumer<LiveTask> action) {
        tasks.forEach(action);
    }

    void interruptAll() {
        tasks.forEach(LiveTask::interrupt);
    }

    List<String> names() {
        List<String> names = new ArrayList<>();
        tasks.forEach(task -> names.add(task.name()));
        return names;
    }

    /** Waits until no task runs or the time is over; to be called after {@link #close}. */
    boolean awaitEmpty(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            while (!tasks.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = ended.awaitNanos(left);
            }
            // not asked once more: a task on its way through a begin that fails may be in it by now
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The steps that every thread-per-task engine closes with. */
    List<String> closeAndAwait(Duration grace, Duration afterInterrupt)
            throws InterruptedException {
        close();
        boolean empty = false;
        try {
            empty = awaitEmpty(TimeUnit.MILLISECONDS.toNanos(grace.toMillis()));
        } finally {
            if (!empty) {
                interruptAll(); // also if this thread was interrupted and waits no more
            }
        }
        if (!empty) {
            empty = awaitEmpty(TimeUnit.MILLISECONDS.toNanos(afterInterrupt.toMillis()));
        }
        // once empty, what is in the roster is on its way through a begin that fails
        return empty ? List.of() : names();
    }
}
