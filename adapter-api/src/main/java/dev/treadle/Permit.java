package dev.treadle;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * The right of one request to be inside. An adapter gets it from the {@link Gate}, calls {@link
 * #enterThread} and {@link #leaveThread} around each run of the application for this request, and
 * {@link #release} once, when the request is complete, asynchronous work included. A release too
 * many is harmless; a missing one costs a place for ever.
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
    private final long admittedNanos = System.nanoTime();

    @SuppressWarnings("unused") // through RELEASED
    private volatile boolean released;

    // Guarded by this: an interrupt must reach the thread while it runs for this request, and never
    // after.
    private @Nullable Thread thread;
    private boolean overdue;

    Permit(Gate gate, String method, String path) {
        this.gate = gate;
        this.method = method;
        this.path = path;
    }

    /** Says that the current thread now runs the application for this request. */
    public synchronized void enterThread() {
        thread = Thread.currentThread();
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
     * Gives the place to the next in line, or back. The first call counts, all others do nothing.
     */
    public void release() {
        if (RELEASED.compareAndSet(this, false, true)) {
            gate.leave(this);
        }
    }

    /** Interrupts the thread that runs the application for this request, if there is one now. */
    synchronized void interrupt() {
        overdue = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    /**
     * Whether this request was interrupted because it ran too long or past the grace of a stop, so
     * that an answer not yet begun should be 503.
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
