package dev.treadle.internal.hub;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The timers of one hub: mostly the end of a greenlet's sleep, or its timeout at a socket or a
 * lock. A binary heap with the earliest timer on top. Each timer knows its index, because most
 * timers are cancelled, and a cancelled one must not stay in the heap until its time.
 *
 * <p><b>Why a lock</b>: nearly all calls come from the carrier of the hub, and then the lock is
 * free. But a carrier whose hub was taken ends its slice in parallel with the next carrier, and
 * that end may be a timed park. Commands run outside of the lock, because they take locks which
 * other threads hold while they schedule.
 *
 * <p><b>The first one is never overlooked</b>: {@code first} is written before {@link #schedule}
 * returns, and the hub is woken after, as for a slice ({@link HubState}); a carrier reads it after
 * it has announced that it sleeps.
 */
final class HubTimers {
    /** There is no timer. */
    private static final long NONE = Long.MAX_VALUE;

    /** About 146 years; later timers need not fire. */
    private static final long LATEST = Long.MAX_VALUE / 2;

    private static final int FIRST_CAPACITY = 64;

    private final LongSupplier clock;

    /** Times are counted from here, so that they are comparable without regard to overflow. */
    private final long origin;

    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private @Nullable Timer[] heap = new Timer[FIRST_CAPACITY];
    private int size;

    /** When the first one is due; written under the lock. */
    private volatile long first = NONE;

    /** One command and its time. */
    final class Timer implements ScheduledFuture<Object> {
        private static final int GONE = -1;

        private final Runnable command;
        private final long due;

        /** Where it is in the heap; guarded by lock. */
        private int place = GONE;

        /** The one that took its place; guarded by lock. */
        private @Nullable ScheduledFuture<?> moved;

        private volatile boolean cancelled;

        Timer(Runnable command, long due) {
            this.command = command;
            this.due = due;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            lock.lock();
            try {
                if (moved != null) {
                    return moved.cancel(false);
                }
                if (place == GONE) {
                    return false;
                }
                cancelled = true;
                remove(this);
                return true;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        /** Whether it has been taken out: to be run, or because it was cancelled. */
        @Override
        public boolean isDone() {
            lock.lock();
            try {
                return place == GONE;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - now(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(
                    getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }

        /** There is no result to wait for: the JDK only cancels. */
        @Override
        public Object get() {
            throw new UnsupportedOperationException("a hub's timer has no result");
        }

        @Override
        public Object get(long timeout, TimeUnit unit) {
            return get();
        }
    }

    HubTimers() {
        this(System::nanoTime);
    }

    /**
     * @param clock in nanoseconds from any point in time, never backwards
     */
    HubTimers(LongSupplier clock) {
        this.clock = clock;
        this.origin = clock.getAsLong();
    }

    private long now() {
        return clock.getAsLong() - origin;
    }

    /**
     * Has {@code command} run by {@link #fire}, once {@code delayNanos} have passed. Any thread may
     * call it; one that does not carry the hub has to wake it if the new timer is the first.
     */
    Timer schedule(Runnable command, long delayNanos) {
        Timer timer = new Timer(command, now() + Math.clamp(delayNanos, 0, LATEST));
        lock.lock();
        try {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            size++;
            raise(timer, size - 1);
            first = top().due;
        } finally {
            lock.unlock();
        }
        return timer;
    }

    /** Whether there is none; a snapshot. */
    boolean isEmpty() {
        return first == NONE;
    }

    /** Whether one is due. Reads the clock only if there is one at all. */
    boolean isDue() {
        long next = first;
        return next != NONE && next <= now();
    }

    /**
     * Returns how long it is until the first one is due, in nanoseconds: 0 if it is, {@code
     * Long.MAX_VALUE} if there is none.
     */
    long nanosToFirst() {
        long next = first;
        return next == NONE ? Long.MAX_VALUE : Math.max(0, next - now());
    }

    /** Runs all that are due. Only the carrier of the hub does so, outside of slices. */
    void fire(Consumer<Throwable> broken) {
        if (!isDue()) {
            return;
        }
        long now = now();
        for (Timer timer = pollDue(now); timer != null; timer = pollDue(now)) {
            try {
                timer.command.run();
            } catch (Throwable failed) {
                broken.accept(failed);
            }
        }
    }

    private @Nullable Timer pollDue(long now) {
        lock.lock();
        try {
            return first <= now ? removeFirst() : null;
        } finally {
            lock.unlock();
        }
    }

    /** Hands all timers to another scheduler; those that cannot be handed over stay. */
    void moveTo(Destination other) {
        for (Timer timer = peek(); timer != null; timer = peek()) {
            ScheduledFuture<?> moved =
                    other.schedule(timer.command, Math.max(0, timer.due - now()));
            lock.lock();
            try {
                if (timer.place == Timer.GONE) {
                    moved.cancel(false); // as this one was meanwhile
                } else {
                    timer.moved = moved;
                    remove(timer);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private @Nullable Timer peek() {
        lock.lock();
        try {
            return size == 0 ? null : top();
        } finally {
            lock.unlock();
        }
    }

    /** A scheduler that runs commands later. */
    interface Destination {
        ScheduledFuture<?> schedule(Runnable command, long delayNanos);
    }

    // ---- The heap; under the lock

    private Timer top() {
        return at(0);
    }

    private Timer at(int place) {
        Timer timer = heap[place];
        if (timer == null) {
            throw new IllegalStateException("no timer at " + place + " of " + size);
        }
        return timer;
    }

    private Timer removeFirst() {
        Timer timer = top();
        remove(timer);
        return timer;
    }

    private void remove(Timer timer) {
        int hole = timer.place;
        timer.place = Timer.GONE;
        size--;
        Timer last = at(size);
        heap[size] = null;
        if (last != timer) {
            if (hole > 0 && last.due < at(parent(hole)).due) {
                raise(last, hole);
            } else {
                sink(last, hole);
            }
        }
        first = size == 0 ? NONE : top().due;
    }

    private void raise(Timer timer, int from) {
        int place = from;
        while (place > 0) {
            Timer above = at(parent(place));
            if (above.due <= timer.due) {
                break;
            }
            put(above, place);
            place = parent(place);
        }
        put(timer, place);
    }

    private void sink(Timer timer, int from) {
        int place = from;
        while (2 * place + 1 < size) {
            int child = 2 * place + 1;
            if (child + 1 < size && at(child + 1).due < at(child).due) {
                child++;
            }
            Timer below = at(child);
            if (below.due >= timer.due) {
                break;
            }
            put(below, place);
            place = child;
        }
        put(timer, place);
    }

    private void put(Timer timer, int place) {
        heap[place] = timer;
        timer.place = place;
    }

    private static int parent(int place) {
        return (place - 1) / 2;
    }
}
