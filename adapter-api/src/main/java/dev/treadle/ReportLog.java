package dev.treadle;

import dev.treadle.internal.base.StackFrames;
import dev.treadle.internal.hub.LongSlice;
import dev.treadle.stats.Report;
import dev.treadle.stats.ReportKind;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Keeps the last reports and tells the listeners, at a bounded rate. A report that equals one of
 * the last ten seconds in kind and frame is dropped; without a frame, in kind and request. Of the
 * others {@value #IN_A_ROW} may come in a row, and then one each second.
 *
 * <p>So at most {@value #IN_A_ROW} + 10 come within ten seconds, fewer than are kept: an equal one
 * of the last ten seconds is always among those.
 *
 * <p>Safe for any thread.
 */
final class ReportLog {
    private static final Logger LOG = System.getLogger("dev.treadle.workers");

    /** How many are kept. */
    static final int KEPT = 50;

    static final int IN_A_ROW = 20;
    private static final long ONE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long EQUAL_FOR_NANOS = TimeUnit.SECONDS.toNanos(10);

    private record Kept(Report report, long nanos) {
        boolean isEqual(Report other, long now) {
            return now - nanos < EQUAL_FOR_NANOS
                    && report.kind() == other.kind()
                    && report.frame().equals(other.frame())
                    && (!report.frame().isEmpty() || report.request().equals(other.request()));
        }
    }

    private final LongSupplier clock;
    private final List<Consumer<Report>> listeners = new CopyOnWriteArrayList<>();

    // guarded by this
    private final Deque<Kept> kept = new ArrayDeque<>();
    private long left = IN_A_ROW;
    private long counted;

    ReportLog() {
        this(System::nanoTime);
    }

    ReportLog(LongSupplier clock) {
        this.clock = clock;
        this.counted = clock.getAsLong();
    }

    void onReport(Consumer<Report> listener) {
        listeners.add(listener);
    }

    /** Returns those that are kept, the newest first. */
    synchronized List<Report> recent() {
        return kept.stream().map(Kept::report).toList();
    }

    void add(LongSlice slice) {
        add(
                new Report(
                        Instant.now(),
                        ReportKind.LONG_SLICE,
                        Duration.ofNanos(slice.nanos()),
                        slice.request(),
                        StackFrames.textOfApplication(slice.stack()),
                        slice.cause().sentence(),
                        slice.cause().advice(),
                        slice.stack(),
                        slice.hub()));
    }

    void add(Report report) {
        if (keep(report)) {
            for (Consumer<Report> each : listeners) {
                tell(each, report);
            }
        }
    }

    private synchronized boolean keep(Report report) {
        long now = clock.getAsLong();
        if (kept.stream().anyMatch(each -> each.isEqual(report, now)) || !mayCome(now)) {
            return false;
        }
        kept.addFirst(new Kept(report, now));
        if (kept.size() > KEPT) {
            kept.removeLast();
        }
        return true;
    }

    private boolean mayCome(long now) {
        long earned = Math.max(0, (now - counted) / ONE_EVERY_NANOS);
        counted += earned * ONE_EVERY_NANOS;
        left = Math.min(IN_A_ROW, left + earned);
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }

    private static void tell(Consumer<Report> listener, Report report) {
        try {
            listener.accept(report);
        } catch (RuntimeException broken) {
            // the watch and harakiri have others to see to
            LOG.log(Level.WARNING, "a report could not be handed on", broken);
        }
    }
}
