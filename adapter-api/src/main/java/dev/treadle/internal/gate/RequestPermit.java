package dev.treadle.internal.gate;

import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.Permit;
import dev.treadle.gate.SocketPair;
import dev.treadle.internal.base.ClientText;
import dev.treadle.internal.base.HubUse;
import dev.treadle.internal.hub.Hub;
import dev.treadle.stats.RunningRequest;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The permit of one request: which places it holds, which threads run for it, and how it is ended.
 */
public final class RequestPermit implements Permit {
    private static final Logger LOG = System.getLogger("dev.treadle.gate");
    private static final VarHandle STAGE;

    /** Holds a place of {@code through}, and one of {@code limit} if there is one. */
    private static final int ADMITTED = 0;

    /** Holds a place of the gate's streams instead. */
    private static final int STREAM = 1;

    private static final int RELEASED = 2;

    static {
        try {
            STAGE = MethodHandles.lookup().findVarHandle(RequestPermit.class, "stage", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** A further thread that runs for this request, in addition to the first. */
    private static final class Run {
        private final Thread thread;
        private final int hub; // -1 if it is on none
        private int depth = 1;
        private boolean hit;

        /** The current thread. */
        private Run(Thread thread) {
            HubUse use = Hub.currentUse();
            this.thread = thread;
            this.hub = use == null ? -1 : use.hub();
        }
    }

    private final RequestGate gate;
    private final String method;
    private final String path;
    private final ClientSocket client;
    private final @Nullable QueuedRequest waitedAs; // null: it got in at once
    private final Limiter through;
    private final @Nullable PathLimit limit;
    private final long admittedNanos = System.nanoTime();

    /**
     * Which places this holds. It goes from {@link #ADMITTED} to {@link #RELEASED}, directly or by
     * way of {@link #STREAM}, each step by one atomic operation. The thread that makes a step gives
     * back the places of the stage before, so each place comes back once. A place of the streams is
     * taken before the step to {@link #STREAM}, and given back at once if the step fails.
     */
    private volatile int stage;

    // Guarded by this: an interrupt must reach a thread while it runs for this request, and never
    // after; and a request is ended by one thread at a time. Nearly all requests have one thread at
    // a time, which is why the first has no object of its own.
    private @Nullable Thread thread;
    private int depth; // how often that thread has entered
    private final RequestUse use = new RequestUse();
    private boolean hit; // whether it has had its interrupt
    private @Nullable List<Run> more; // null until a second thread comes at the same time

    private boolean overdue;
    private boolean heldBack;
    private boolean refused; // as a stream, before its answer began
    private @Nullable Ending ending;
    private boolean isEnding;
    private volatile boolean waitSeen; // of the thread that ends it, one at a time
    private boolean countedAsIdle;
    private @Nullable SocketPair socket; // since goesAsync
    private boolean refusedSeen; // of the thread that watches clients
    private @Nullable ClientSeen seen; // of the thread that watches clients

    /**
     * Written under the lock of this. {@link #goesAsync} writes it and then reads {@code stage};
     * {@link #release} writes {@code stage} and then reads it: of two that meet, one sees the
     * other, and what was counted as idle is counted off once.
     */
    private volatile boolean async;

    int place; // in the roster of the gate: written before anybody gets the permit

    long id; // guarded by the RequestList; 0: not listed yet

    /** What the last list saw of its thread. Any list may write it: the value is immutable. */
    volatile @Nullable RestingStack resting;

    // of the harakiri thread
    volatile boolean struck;
    long reportAgainNanos;

    RequestPermit(
            RequestGate gate,
            String method,
            String path,
            ClientSocket client,
            @Nullable QueuedRequest waitedAs,
            Limiter through,
            @Nullable PathLimit limit) {
        this.gate = gate;
        this.method = method;
        this.path = path;
        this.client = client;
        this.waitedAs = waitedAs;
        this.through = through;
        this.limit = limit;
    }

    @Override
    public synchronized void endedBy(Ending how) {
        ending = how;
    }

    @Override
    public synchronized void enterThread() {
        Thread current = Thread.currentThread();
        if (thread == null) {
            Run known = runOf(current);
            if (known == null) {
                thread = current;
                depth = 1;
                hit = false;
                use.enters();
            } else {
                known.depth++;
            }
        } else if (current.equals(thread)) {
            depth++;
        } else {
            enterBesideTheFirst(current);
        }
    }

    private void enterBesideTheFirst(Thread current) {
        Run known = runOf(current);
        if (known != null) {
            known.depth++;
            return;
        }
        List<Run> others = more;
        if (others == null) {
            others = new ArrayList<>(2);
            more = others;
        }
        others.add(new Run(current));
    }

    private @Nullable Run runOf(Thread wanted) {
        List<Run> others = more;
        if (others != null) {
            for (Run each : others) {
                if (each.thread.equals(wanted)) {
                    return each;
                }
            }
        }
        return null;
    }

    @Override
    public synchronized void leaveThread() {
        Thread current = Thread.currentThread();
        boolean left = false;
        if (current.equals(thread)) {
            left = --depth == 0;
            if (left) {
                thread = null;
                use.leaves();
            }
        } else {
            Run run = runOf(current);
            List<Run> others = more;
            if (run != null && others != null) {
                left = --run.depth == 0;
                if (left) {
                    others.remove(run);
                }
            }
        }
        if (left && overdue) {
            // the interrupt was meant for this request; the thread may serve another one next
            Thread.interrupted();
        }
    }

    @Override
    public synchronized void forgetInterrupt() {
        Thread current = Thread.currentThread();
        Run run = runOf(current);
        if (run != null) {
            if (run.hit) {
                Thread.interrupted();
            }
            run.hit |= overdue;
        } else if (current.equals(thread)) {
            if (hit) {
                Thread.interrupted();
            }
            hit |= overdue; // a thread that was refused and goes on can still be interrupted
        }
    }

    @Override
    public void goesAsync() {
        SocketPair pair = client.pair();
        boolean endsNow;
        synchronized (this) {
            async = true;
            socket = pair;
            if (!isReleased() && !countedAsIdle) {
                countedAsIdle = true;
                gate.idleBegins();
            }
            endsNow = overdue && !refused;
        }
        // Not one that is refused, before or from now on: the application begins to write in this
        // moment, and is told then.
        if (endsNow) {
            insist();
        }
    }

    @Override
    public Duration queueTime() {
        return waitedAs == null
                ? Duration.ZERO
                : Duration.ofNanos(waitedAs.nanosUntil(admittedNanos));
    }

    @Override
    public void release() {
        int before = (int) STAGE.getAndSet(this, RELEASED);
        if (before == RELEASED) {
            return;
        }
        try {
            if (async) {
                idleEnds();
            }
        } finally {
            if (before == STREAM) {
                gate.leaveStream(this);
            } else {
                gate.leave(this, through, limit);
            }
        }
    }

    /** Whether the request is complete. */
    boolean isReleased() {
        return stage == RELEASED;
    }

    @Override
    public boolean becomesStream() {
        if (stage != ADMITTED) {
            return true; // it is a stream already, or over
        }
        if (!gate.separatesStreams()) {
            return true;
        }
        boolean moved;
        synchronized (this) {
            // one at a time: the thread that writes and the one that leaves the request may both
            // say so, and the second must not be refused for the place of the first
            if (stage != ADMITTED) {
                return true;
            }
            if (refused || !gate.enterStreams()) {
                refused = true;
                return false;
            }
            moved = STAGE.compareAndSet(this, ADMITTED, STREAM); // not if it is over meanwhile
        }
        if (moved) {
            gate.leaveForStream(through, limit);
        } else {
            gate.leaveStreams();
        }
        return true;
    }

    /** Whether this is an event stream, and counted as one. */
    boolean isStream() {
        return stage == STREAM;
    }

    /**
     * Whether this was already refused at the previous look. By now an application thread that had
     * just begun to write has noticed the refusal. Called by the thread that watches clients.
     */
    boolean isRefusedForLong() {
        boolean before = refusedSeen;
        refusedSeen = isRefused();
        return before;
    }

    @Override
    public synchronized boolean isRefused() {
        return refused;
    }

    @Override
    public GateAnswer answer() {
        return isRefused() ? gate.answerStreamsFull() : gate.answerInterrupted();
    }

    private synchronized void idleEnds() {
        if (countedAsIdle) {
            countedAsIdle = false;
            gate.idleEnds();
        }
    }

    /**
     * Says that the request is overdue: interrupts the threads that run the application for it, or,
     * if there is none now, ends it as {@link #endedBy} has said.
     */
    void interrupt() {
        synchronized (this) {
            overdue = true;
        }
        insist();
    }

    @Override
    public void insist() {
        Step step = interruptOrNextStep();
        if (step != null) {
            take(step);
        }
    }

    private enum Step {
        END,
        END_WAIT,
        ABANDON
    }

    private void take(Step step) {
        Ending how = ending;
        try {
            if (how != null) {
                switch (step) {
                    case END -> how.end();
                    case END_WAIT -> endWait(how);
                    case ABANDON -> how.abandon();
                }
            }
        } catch (RuntimeException broken) {
            // of this one: a look goes on to the next request, and comes again
            LOG.log(Level.WARNING, this + " could not be ended from outside", broken);
        } finally {
            endingIsOver();
        }
    }

    /**
     * A wait is one that two looks in a row have seen: an answer on its way out may wait shortly.
     */
    private void endWait(Ending how) {
        boolean waits = how.waitsForClient();
        if (waits && waitSeen) {
            how.endWait();
        }
        waitSeen = waits;
    }

    /** Interrupts threads, each once; else returns what is to be done, and marks it as begun. */
    private synchronized @Nullable Step interruptOrNextStep() {
        if (!(overdue || refused) || isReleased() || isEnding) {
            return null;
        }
        boolean interrupted = overdue && interruptThreads();
        if (interrupted || ending == null) {
            return null;
        }
        if (hasThread()) {
            // that of a refused one comes back by itself, for what it writes fails
            isEnding = overdue;
            return overdue ? Step.END_WAIT : null;
        }
        isEnding = async;
        return async ? Step.END : null;
    }

    /** Returns whether a thread was interrupted, or will be as soon as its page is compiled. */
    private boolean interruptThreads() {
        boolean interrupted = false;
        if (thread != null && !hit) {
            hit = interruptUnlessItCompiles(thread);
            interrupted = hit || PageCompiler.runsOn(thread);
        }
        List<Run> others = more;
        if (others != null) {
            for (Run each : others) {
                if (!each.hit) {
                    each.hit = interruptUnlessItCompiles(each.thread);
                    interrupted |= each.hit || PageCompiler.runsOn(each.thread);
                }
            }
        }
        return interrupted;
    }

    /** Returns whether the thread was interrupted. */
    private boolean interruptUnlessItCompiles(Thread running) {
        if (PageCompiler.runsOn(running)) {
            heldBack = true;
            return false;
        }
        Ending how = ending;
        if (how == null) {
            running.interrupt();
            return true;
        }
        return how.interrupt(running);
    }

    private boolean hasThread() {
        List<Run> others = more;
        return thread != null || (others != null && !others.isEmpty());
    }

    private synchronized void endingIsOver() {
        isEnding = false;
    }

    /**
     * Returns the connection of a request that goes on without a thread; null if one runs for it,
     * or if it is not known. Of the thread that watches clients.
     */
    synchronized @Nullable SocketPair idleOn() {
        return isIdle() ? socket : null;
    }

    /** Returns the observations of the connection of a request that goes on without a thread. */
    synchronized ClientSeen seen() {
        ClientSeen known = seen;
        if (known == null) {
            known = new ClientSeen();
            seen = known;
        }
        return known;
    }

    private boolean isIdle() {
        return async && !isReleased() && !hasThread();
    }

    /** Whether the client has given up a request that goes on without a thread. */
    boolean isIdleAndGone() {
        synchronized (this) {
            if (!isIdle()) {
                return false;
            }
        }
        return client.isGone();
    }

    /** The client has left: ends the request, if no thread runs for it. */
    void clientGone() {
        synchronized (this) {
            if (!isIdle() || isEnding || ending == null) {
                return;
            }
            isEnding = true;
        }
        take(Step.ABANDON);
    }

    @Override
    public synchronized boolean interrupted() {
        return overdue || refused;
    }

    /** Whether it was interrupted: harakiri, or the end of a stop. */
    synchronized boolean isOverdue() {
        return overdue;
    }

    @Override
    public synchronized boolean interruptHeldBack() {
        return heldBack;
    }

    /** Returns a thread that runs the application for this request; null if there is none now. */
    synchronized @Nullable Thread runner() {
        Thread running = thread;
        List<Run> others = more;
        if (running == null && others != null && !others.isEmpty()) {
            running = others.getFirst().thread;
        }
        return running;
    }

    /**
     * Returns the stack of a thread that runs the application for this request; empty if there is
     * none now. It is taken without the lock of this: the thread needs that lock to enter and to
     * leave. So the stack counts only if the thread runs this request after it too.
     */
    StackTraceElement[] stack() {
        Thread running = runner();
        if (running != null) {
            StackTraceElement[] stack = running.getStackTrace();
            if (runsOn(running)) {
                return stack;
            }
        }
        return new StackTraceElement[0];
    }

    /**
     * The use of its threads, at one moment; unknown numbers are -1.
     *
     * @param thread the present one; null if there is none, also while others run beside it
     * @param present the use of that thread; null if its slices are not counted
     */
    record Used(
            int hub,
            long slices,
            long cpuNanos,
            @Nullable Thread thread,
            @Nullable HubUse present) {}

    /** Returns what its threads have used, and the hub of its {@link #runner}. */
    synchronized Used used() {
        List<Run> others = more;
        int hub =
                thread == null && others != null && !others.isEmpty()
                        ? others.getFirst().hub
                        : use.hubIndex();
        return new Used(hub, use.slices(), use.cpuNanos(thread), thread, use.present());
    }

    /** Whether it has said that it goes on without a thread. One may run for it again by now. */
    boolean isAsync() {
        return async;
    }

    /** Returns this as it was in the queue; null if it got in at once. */
    @Nullable QueuedRequest waitedAs() {
        return waitedAs;
    }

    ClientSocket client() {
        return client;
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    /**
     * Whether the thread that runs the application for this request has called {@link System#exit}:
     * it never comes back from there.
     */
    public boolean isExiting() {
        for (StackTraceElement frame : stack()) {
            // every way to end the JVM but Runtime.halt, which is over at once, goes through it
            if (frame.getClassName().equals("java.lang.Shutdown")) {
                return true;
            }
        }
        return false;
    }

    /** Whether the thread runs the application for this request now. */
    synchronized boolean runsOn(Thread other) {
        return other.equals(thread) || runOf(other) != null;
    }

    String requestLine() {
        return ClientText.shown(method) + " " + ClientText.shown(path);
    }

    /**
     * Describes the request as of {@code nanoTime}: ages of several compare only as of one moment.
     */
    RunningRequest describe(long nanoTime) {
        return new RunningRequest(method, path, Duration.ofNanos(nanoTime - admittedNanos));
    }

    /** Returns how long ago it was admitted, as of {@code nanoTime}, at least 0. */
    long ageNanos(long nanoTime) {
        return Math.max(0, nanoTime - admittedNanos);
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - admittedNanos);
    }

    @Override
    public String toString() {
        return describe(System.nanoTime()).toString();
    }
}
