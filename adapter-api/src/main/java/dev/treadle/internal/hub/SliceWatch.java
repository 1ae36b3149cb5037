package dev.treadle.internal.hub;

import dev.treadle.internal.base.NeutralThreads;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches one greenlet for one slice that is too long, for tests. It ends with the first it finds.
 *
 * <p>The measured time of a slice is never too long: {@code since} is read after the first look
 * that saw the slice, and the later time is read before the look that saw it again.
 */
public final class SliceWatch implements AutoCloseable {
    private static final long SHORTEST_PERIOD = TimeUnit.MICROSECONDS.toNanos(200);

    /**
     * A slice that was too long.
     *
     * @param time how long it was at least
     * @param stack where the greenlet stood when that was first seen
     */
    public record Hold(Duration time, List<StackTraceElement> stack) {}

    private final Thread greenlet = Thread.currentThread();
    private final SliceMark first;
    private final long firstSince;
    private final long mostNanos;
    private final Thread thread;
    private volatile @Nullable Hold hold;
    private volatile boolean closed;

    private SliceWatch(SliceMark first, Duration most) {
        this.first = first;
        this.mostNanos = TimeUnit.NANOSECONDS.convert(most);
        this.thread = NeutralThreads.daemon("treadle-assert-switches", this::watch);
        this.firstSince = System.nanoTime();
    }

    /**
     * Watches the current greenlet from now on.
     *
     * @param current the slice it is in
     * @throws IllegalStateException if this JDK does not tell
     */
    public static SliceWatch start(SliceMark current, Duration most) {
        SliceMark.of(Thread.currentThread());
        SliceWatch watch = new SliceWatch(current, most);
        watch.thread.start();
        return watch;
    }

    /**
     * Returns the slice that was too long, if there was one; to be called by the greenlet, at the
     * end of what is watched.
     */
    public Optional<Hold> hold() {
        long held = System.nanoTime() - firstSince;
        Hold seen = hold;
        if (seen == null && held > mostNanos && first.isSame(SliceMark.current())) {
            // it never left its first slice: known without the other thread, which may be late
            return Optional.of(new Hold(Duration.ofNanos(held), List.of(greenlet.getStackTrace())));
        }
        return Optional.ofNullable(seen);
    }

    private void watch() {
        long period = Math.max(SHORTEST_PERIOD, mostNanos / 4);
        SliceMark seen = first;
        long since = firstSince;
        while (!closed) {
            LockSupport.parkNanos(this, period);
            long now = System.nanoTime();
            SliceMark next = SliceMark.of(greenlet);
            if (next == null || !next.isSame(seen)) {
                if (hold != null) {
                    return;
                }
                seen = next;
                since = System.nanoTime();
            } else if (now - since > mostNanos) {
                lengthen(Duration.ofNanos(now - since));
            }
        }
    }

    private void lengthen(Duration time) {
        Hold known = hold;
        hold = new Hold(time, known == null ? List.of(greenlet.getStackTrace()) : known.stack());
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
