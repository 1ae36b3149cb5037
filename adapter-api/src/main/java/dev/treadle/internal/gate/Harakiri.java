package dev.treadle.internal.gate;

import dev.treadle.internal.base.Durations;
import dev.treadle.internal.base.NeutralThreads;
import dev.treadle.internal.base.StackCause;
import dev.treadle.internal.base.StackFrames;
import dev.treadle.internal.jfr.FlightEvents;
import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.stats.Report;
import dev.treadle.stats.ReportKind;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Interrupts requests that run longer than allowed, as uWSGI's harakiri does, and logs where each
 * one stood. An asynchronous request that no thread runs for is ended as its adapter has said
 * ({@link RequestPermit#goesAsync}).
 *
 * <p>An event stream that is counted as one ({@link RequestPermit#becomesStream}) may run for as
 * long as it likes: a stream is open for hours, and holds no place of the N.
 *
 * <p>A request is interrupted once, at most a quarter of the limit (and at most 250 ms) late. If it
 * waits for its client and goes on doing so, that wait is ended at the next look ({@link
 * RequestPermit.Ending#endWait}). A request that ignores all this keeps its place, because its
 * thread cannot be taken away. It is stuck, and is counted as such until it ends. It is reported
 * again, with its current stack, each time that it has run twice as long as at the previous report.
 *
 * <p>A thread that compiles a page is interrupted when that is done ({@link PageCompiler}).
 *
 * <p>One daemon thread, from the first settings on that have a limit.
 */
public final class Harakiri implements AutoCloseable {
    private static final Logger LOG = System.getLogger("dev.treadle.harakiri");
    private static final String STUCK_ADVICE =
            "End the work when the thread is interrupted, and do not swallow InterruptedException. ";
    private static final long COARSEST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long FINEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Settings of the moment. */
    private record Rule(@Nullable Duration longest, int queueThreshold, WorkerModel model) {
        long periodNanos() {
            return longest == null
                    ? Long.MAX_VALUE
                    : Math.clamp(longest.toNanos() / 4, FINEST_NANOS, COARSEST_NANOS);
        }
    }

    private final RequestGate gate;
    private final Consumer<Report> listener;
    private final LongAdder struck = new LongAdder();
    private final Thread thread;
    private volatile Rule rule;
    private volatile boolean closed;

    /**
     * Made of the first settings; {@link #start} starts it.
     *
     * @param listener is told of each request that is interrupted or stuck, before that is logged.
     *     It must not block
     */
    public Harakiri(RequestGate gate, WorkerSettings settings, Consumer<Report> listener) {
        this.gate = gate;
        this.listener = listener;
        this.rule = ruleOf(settings);
        this.thread = NeutralThreads.daemon("treadle-harakiri", this::watch);
    }

    private static Rule ruleOf(WorkerSettings settings) {
        return new Rule(settings.harakiri(), settings.harakiriQueueThreshold(), settings.model());
    }

    /** Takes other settings, at once. The first that have a limit start the thread. */
    public synchronized void change(WorkerSettings settings) {
        rule = ruleOf(settings);
        startIfNeeded();
        LockSupport.unpark(thread);
    }

    /** Starts the thread, if the settings have a limit. */
    public Harakiri start() {
        startIfNeeded();
        return this;
    }

    private synchronized void startIfNeeded() {
        if (rule.longest() != null && thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /** Returns how many requests it has interrupted. */
    public long struck() {
        return struck.sum();
    }

    /** Returns how many of those run on all the same; a snapshot. */
    public int stuck() {
        int[] count = new int[1];
        gate.forEachInside(permit -> count[0] += permit.struck ? 1 : 0);
        return count[0];
    }

    private void watch() {
        while (!closed) {
            Rule now = rule;
            Duration longest = now.longest();
            if (longest == null) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, now.periodNanos());
                gate.forEachInside(permit -> look(permit, longest, now));
            }
        }
    }

    private void look(RequestPermit permit, Duration longest, Rule now) {
        try {
            long age = permit.age().toNanos();
            if (permit.struck) {
                permit.insist();
                if (age > permit.reportAgainNanos) {
                    Standing standing = Standing.of(permit);
                    permit.reportAgainNanos = 2 * age;
                    tell(permit, standing, ReportKind.STUCK, age);
                    LOG.log(
                            Level.WARNING,
                            message(
                                    permit,
                                    standing,
                                    now,
                                    PageCompiler.isIn(standing.stack())
                                            ? "still compiles a page and holds its place"
                                            : "ignores its interrupt and holds its place"));
                }
            } else if (age > longest.toNanos()
                    && !permit.isStream()
                    && !permit.isOverdue()
                    && (now.queueThreshold() == 0 || gate.waiting() > now.queueThreshold())) {
                Standing standing = Standing.of(permit);
                permit.reportAgainNanos = 2 * age;
                permit.struck = true;
                struck.increment(); // first: a client that has the answer sees the count
                permit.interrupt();
                FlightEvents.harakiri(permit.method(), permit.path(), age);
                tell(permit, standing, ReportKind.HARAKIRI, age);
                LOG.log(
                        Level.WARNING,
                        message(
                                permit,
                                standing,
                                now,
                                "ran longer than "
                                        + Durations.format(longest)
                                        + (permit.interruptHeldBack()
                                                ? " and is interrupted when its page is compiled"
                                                : " and is interrupted")));
            }
        } catch (RuntimeException | Error broken) {
            // the next look tries again: this thread must not end because of one request
            LOG.log(Level.ERROR, "harakiri: the look at " + permit + " failed", broken);
        }
    }

    /** Where the thread of a request stands, and why. */
    private record Standing(List<StackTraceElement> stack, StackCause cause) {
        static Standing of(RequestPermit permit) {
            Thread running = permit.runner();
            List<StackTraceElement> stack = List.of(permit.stack());
            // the state after the stack: WaitFrames relies on that order
            Thread.State state = running == null ? Thread.State.NEW : running.getState();
            return new Standing(stack, StackCause.ofRequest(state, stack));
        }

        String frame() {
            return StackFrames.textOfApplication(stack);
        }
    }

    private void tell(RequestPermit permit, Standing standing, ReportKind kind, long age) {
        listener.accept(
                new Report(
                        Instant.now(),
                        kind,
                        Duration.ofNanos(age),
                        permit.requestLine(),
                        standing.frame(),
                        standing.cause().sentence(),
                        kind == ReportKind.STUCK && !PageCompiler.isIn(standing.stack())
                                ? STUCK_ADVICE + standing.cause().advice()
                                : standing.cause().advice(),
                        standing.stack(),
                        -1));
    }

    private static String message(RequestPermit permit, Standing standing, Rule now, String what) {
        StringBuilder text =
                new StringBuilder("harakiri: ")
                        .append(permit)
                        .append(" on ")
                        .append(now.model())
                        .append(' ')
                        .append(what);
        text.append(" | ").append(standing.cause().sentence());
        String frame = standing.frame();
        if (!frame.isEmpty()) {
            text.append(" at ").append(frame);
        }
        text.append(". ").append(standing.cause().advice());
        for (StackTraceElement element : standing.stack()) {
            text.append(" | ").append(element);
        }
        return text.toString();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
