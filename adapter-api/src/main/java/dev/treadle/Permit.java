package dev.treadle;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * The right of one request to be inside. An adapter gets it from the {@link Gate}, calls {@link
 * #enterThread} and {@link #leaveThread} around each run of the application for this request,
 * {@link #goesAsync} when the request goes on without a thread, and {@link #release} once, when the
 * request is complete, asynchronous work included. A release too many is harmless; a missing one
 * costs a place for ever.
 *
 * <p>Safe for any thread.
 */
public final class Permit {
    private static final VarHandle RELEASED;

    static {
        try {
            RELEASED =
                    MethodHandles.lookup().findVarHandle(Permit.class, "released", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Gate gate;
    private final String method;
    private final String path;
    private final Turnstile through;
    private final @Nullable PathLimit limit;
    private final long admittedNanos = System.nanoTime();

    @SuppressWarnings("unused") // through RELEASED
    private volatile boolean released;

    /** Ends a request from outside while no thread runs the application for it. */
    @FunctionalInterface
    public interface Ending {
        /**
         * Ends it, as far as that can be done now: the client gets {@link Gate#answerInterrupted},
         * or the connection is closed if an answer has begun. Called from any thread, one call at a
         * time, again and again until the request is complete; also at the very moment it becomes
         * so, and must not touch a later request of the same connection then. It must not block.
         */
        void end();
    }

    // Guarded by this: an interrupt must reach the thread while it runs for this request, and never
    // after; and a request is ended by one thread at a time.
    private @Nullable Thread thread;
    private boolean overdue;
    private boolean hit; // whether the thread has had its interrupt

    private @Nullable Ending ending;
    private boolean isEnding;

    int place; // in the roster of the gate: written before anybody gets the permit

    // of the harakiri thread
    volatile boolean struck;
    long reportAgainNanos;

    Permit(Gate gate, String method, String path, Turnstile through, @Nullable PathLimit limit) {
        this.gate = gate;
        this.method = method;
        this.path = path;
        this.through = through;
        this.limit = limit;
    }

    /** Says that the current thread now runs the application for this request. */
    public synchronized void enterThread() {
        thread = Thread.currentThread();
        hit = false;
    }

    /** Says that the current thread no longer runs the application for this request. */
    public synchronized void leaveThread() {
        if (Thread.currentThread().equals(thread)) {
            thread = null;
            if (overdue) {
                // the interrupt was meant for this request; the thread may serve another one next
                Thread.interrupted();
            }
        }
    }

    /**
     * Clears the interrupt of the current thread if it was meant for this request. To be called
     * before an answer is written in place of the application's: a write on a thread that is
     * interrupted closes its channel ({@link java.nio.channels.ClosedByInterruptException}).
     */
    public synchronized void forgetInterrupt() {
        if (hit && Thread.currentThread().equals(thread)) {
            Thread.interrupted();
        }
    }

    /**
     * Says how to end this request while no thread runs the application for it: for requests that
     * run too long, or past the grace of a stop.
     */
    public void goesAsync(Ending how) {
        synchronized (this) {
            ending = how;
        }
        insist();
    }

    /**
     * Gives the place to the next in line, or back. The first call counts, all others do nothing.
     */
    public void release() {
        if (RELEASED.compareAndSet(this, false, true)) {
            gate.leave(this, through, limit);
        }
    }

    /**
     * Says that the request is overdue: interrupts the thread that runs the application for it, or,
     * if there is none now, ends it as {@link #goesAsync} has said.
     */
    void interrupt() {
        synchronized (this) {
            overdue = true;
        }
        insist();
    }

    /**
     * If the request is overdue: interrupts the thread that runs the application for it now and has
     * not been interrupted yet, or ends it if there is none. To be called again and again: a thread
     * may have come since. It is not interrupted as it comes ({@link #enterThread}), because it may
     * come to write the answer that the request is over. Not under the lock of this: an end may
     * wait for another one.
     */
    void insist() {
        Ending how = interruptOrBeginEnding();
        if (how == null) {
            return;
        }
        try {
            how.end();
        } finally {
            endingIsOver();
        }
    }

    /** Interrupts the thread, once, or returns how to end a request that has none. */
    private synchronized @Nullable Ending interruptOrBeginEnding() {
        Thread running = thread;
        if (!overdue || released || isEnding) {
            return null;
        }
        if (running == null) {
            isEnding = ending != null;
            return ending;
        }
        if (!hit) {
            hit = true;
            running.interrupt();
        }
        return null;
    }

    private synchronized void endingIsOver() {
        isEnding = false;
    }

    /**
     * Whether this request was interrupted because it ran too long or past the grace of a stop, so
     * that an answer not yet begun should be {@link Gate#answerInterrupted}.
     */
    public synchronized boolean interrupted() {
        return overdue;
    }

    /**
     * Returns the stack of the thread that runs the application for this request; empty if there is
     * none now.
     */
    synchronized StackTraceElement[] stack() {
        Thread running = thread;
        return running == null ? new StackTraceElement[0] : running.getStackTrace();
    }

    /** Whether the thread runs the application for this request now. */
    synchronized boolean runsOn(Thread other) {
        return other.equals(thread);
    }

    String requestLine() {
        return method + " " + path;
    }

    /**
     * Describes the request as of {@code nanoTime}: ages of several compare only as of one moment.
     */
    RunningRequest describe(long nanoTime) {
        return new RunningRequest(method, path, Duration.ofNanos(nanoTime - admittedNanos));
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - admittedNanos);
    }

    @Override
    public String toString() {
        return describe(System.nanoTime()).toString();
    }
}
