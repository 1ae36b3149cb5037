package dev.treadle.undertow;

import dev.treadle.loop.EventLoop;
import dev.treadle.loop.HubLoops;
import dev.treadle.loop.LoopCarrier;

import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * An XNIO I/O thread that carries a hub. Its loop cannot be changed, but it runs tasks that are
 * posted to it, each time before it selects. So the ready greenlets run in such a task. This object
 * is that task: the hub posts it when the hub has something to run and the I/O thread waits.
 *
 * <p>XNIO runs all tasks before it looks at its connections again, and all of both before it looks
 * at its timers, those that tasks post included. So if more slices are left than the budget allows,
 * this object handles the connections itself ({@link #turn}), and is posted again after the waiting
 * tasks. Now and then it is posted as a timer, so that the other timers run too. Otherwise
 * greenlets that always leave the hub something to run would starve the connections and timers, and
 * might wait for ever for a result of theirs.
 *
 * <p>With {@code hub-sockets=on}, a {@link SocketSignal} posts this as well.
 */
final class IoThreadLoop implements EventLoop, Runnable {
    private static final Logger LOG = System.getLogger("dev.treadle.undertow");

    /** How long connections get where this loop cannot look at them by itself, and timers get. */
    private static final long LOOK_MILLIS = 1;

    /**
     * How often this may run before it looks at the connections, whether slices are left or not: a
     * greenlet and a task that answer each other keep XNIO in its tasks, and each seems idle in
     * between.
     */
    private static final int RUNS_WITHOUT_LOOK = 16;

    /** How many times in a row slices may be left before the timers get their turn. */
    private static final int ROUNDS_WITHOUT_TIMERS = 64;

    private final XnioIoThread thread;
    private final @Nullable IoThreadInternals internals;
    private final LoopCarrier carrier;

    /**
     * Another thread than the I/O thread turns the loop; written by the thread that has the loop.
     */
    private volatile boolean away;

    // Of the I/O thread.
    private int roundsInARow;
    private int runs;
    private boolean pausing; // for the timers
    private boolean ended;
    private boolean shutDown;
    private XnioExecutor.@Nullable Key armed;
    private long armedFor; // in terms of System.nanoTime

    /** Of the thread that has the loop; opened by the I/O thread. */
    private @Nullable SocketSignal signal;

    /**
     * Tasks that came while another thread turned the loop; used only by the thread that has the
     * loop.
     */
    private final List<Runnable> onlyHere = new ArrayList<>();

    private IoThreadLoop(XnioIoThread thread, HubLoops loops, int hub) {
        this.thread = thread;
        this.internals = IoThreadInternals.of(thread).orElse(null);
        this.carrier = loops.attach(hub, this);
    }

    /** Lets {@code thread} carry a hub from now on. */
    static IoThreadLoop start(XnioIoThread thread, HubLoops loops, int hub) {
        IoThreadLoop loop = new IoThreadLoop(thread, loops, hub);
        thread.execute(loop);
        return loop;
    }

    /** On the I/O thread: runs what is ready. */
    @Override
    public void run() {
        if (ended) {
            return; // posted, or armed, before the end: another thread has the hub now
        }
        pausing = false;
        carrier.awake();
        boolean wait = carrier.run();
        if (shutDown) {
            leave();
            return;
        }
        if (internals != null && ++runs % RUNS_WITHOUT_LOOK == 0) {
            look(internals);
        }
        if (wait) {
            // the wait comes next, in XNIO's select: a thread that ends the wait posts this again
            roundsInARow = 0;
            armTimer();
            return;
        }
        carrier.awake();
        if (internals == null || ++roundsInARow % ROUNDS_WITHOUT_TIMERS == 0) {
            pausing = true;
            thread.executeAfter(this, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            look(internals);
            thread.execute(this);
        }
    }

    /** Has XNIO end its select when the first timer of the hub is due. */
    private void armTimer() {
        long millis = carrier.waitMillis();
        if (millis == Long.MAX_VALUE) {
            return; // one that is armed for a timer cancelled since ends one select for nothing
        }
        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        XnioExecutor.Key later = armed;
        if (later != null) {
            if (armedFor - due <= 0) {
                return;
            }
            later.remove();
        }
        armedFor = due;
        try {
            armed = thread.executeAfter(this::timerDue, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException shutDown) {
            leave(); // no timer would end the select any more
        }
    }

    /** Gives the hub a thread of its own again; on the I/O thread. */
    private void leave() {
        ended = true;
        XnioExecutor.Key timer = armed;
        if (timer != null) {
            timer.remove();
        }
        try {
            carrier.detach();
        } finally {
            SocketSignal opened = signal;
            if (opened != null) {
                opened.close();
            }
        }
    }

    /**
     * A socket of a greenlet is ready; XNIO goes through the connections that are ready, too. So
     * this posts the hub's run, which may look at the connections, and does not run it at once.
     * While the timers get their turn, the run to come is posted already.
     */
    private void socketReady() {
        if (ended || pausing) {
            return;
        }
        try {
            thread.execute(this);
        } catch (RejectedExecutionException shutDown) {
            leave(); // no task of the hub would run any more
        }
    }

    @Override
    public @Nullable SelectableChannel signal() throws IOException {
        IoThreadInternals at = internals;
        if (at == null) {
            return null;
        }
        SocketSignal opened = signal;
        if (opened == null) {
            opened = SocketSignal.open(thread, at, this::socketReady);
            signal = opened;
        }
        return opened.channel();
    }

    private void timerDue() {
        armed = null;
        run();
    }

    private void look(IoThreadInternals at) {
        try {
            at.selector().selectNow();
            handOn(at);
        } catch (IOException failed) {
            LOG.log(Level.ERROR, thread.getName() + ": error in the selector loop", failed);
        }
    }

    @Override
    public void wakeUp() {
        IoThreadInternals at = internals;
        if (away && at != null) {
            at.selector().wakeup();
        } else {
            thread.execute(this);
        }
    }

    @Override
    public boolean canTurn() {
        return internals != null;
    }

    @Override
    public void turn(boolean wait) throws IOException {
        IoThreadInternals at = internals;
        if (at == null) {
            throw new IllegalStateException("turned without " + IoThreadInternals.class);
        }
        away = true;
        boolean woken = runTasks(at);
        if (wait && !woken) {
            select(at);
            carrier.awake();
        } else {
            at.selector().selectNow();
        }
        handOn(at);
    }

    @Override
    public void turnsEnded() {
        away = false;
        try {
            onlyHere.forEach(thread::execute);
        } catch (RejectedExecutionException ending) {
            shutDown = true; // its end was among them, or is past
        }
        onlyHere.clear();
    }

    /**
     * Runs the tasks that were posted to the I/O thread.
     *
     * @return whether the hub wanted this loop awake, or may have: tasks of XNIO select, too, and
     *     then the wake-up is gone
     */
    private boolean runTasks(IoThreadInternals at) {
        boolean woken = false;
        for (Runnable task = at.pollTask(); task != null; task = at.pollTask()) {
            woken = true;
            if (!equals(task)) {
                runElsewhere(at, task);
            }
        }
        return woken;
    }

    /**
     * Runs a task of the I/O thread on this other one, if it is known not to mind; else it waits
     * for the I/O thread.
     */
    private void runElsewhere(IoThreadInternals at, Runnable task) {
        if (at.isPauseOfTheIoThread(task)) {
            return;
        }
        try {
            if (at.mayRunElsewhere(task)) {
                task.run();
            } else if (!at.accepted(task)) {
                onlyHere.add(task);
            }
        } catch (Throwable broken) { // as XNIO: the next one has nothing to do with it
            LOG.log(Level.ERROR, thread.getName() + ": a task failed", broken);
        }
    }

    /** As in XNIO: a thread that posts a task after {@code polling} is set wakes the selector. */
    private void select(IoThreadInternals at) throws IOException {
        at.polling(true);
        try {
            long millis = carrier.waitMillis();
            if (millis == 0 || at.hasTask()) {
                at.selector().selectNow();
            } else {
                at.selector().select(millis == Long.MAX_VALUE ? 0 : millis);
            }
        } finally {
            at.polling(false);
        }
    }

    private void handOn(IoThreadInternals at) {
        // independent of the last select: tasks of XNIO select too, and leave the selected keys
        List<SelectionKey> keys = new ArrayList<>(at.selector().selectedKeys());
        at.selector().selectedKeys().clear();
        SocketSignal opened = signal;
        for (SelectionKey key : keys) {
            if (opened != null && opened.is(key)) {
                continue; // the hub is next, or the next select of XNIO sees it again
            }
            try {
                at.ready(key);
            } catch (CancelledKeyException gone) {
                // its connection was closed meanwhile
            } catch (Throwable broken) { // as XNIO: the next one has nothing to do with it
                LOG.log(Level.ERROR, thread.getName() + ": a connection failed", broken);
            }
        }
    }

    /** A task that the I/O thread itself must run. */
    private record Detach(IoThreadLoop loop, CountDownLatch done) implements Runnable {
        @Override
        public void run() {
            loop.leave();
            done.countDown();
        }
    }

    /**
     * Gives the hub a thread of its own again, before the I/O thread ends.
     *
     * @param longestNanos how long to wait for the I/O thread
     * @return false if a slice holds the I/O thread: the hub gets its thread when that ends
     */
    boolean end(long longestNanos) throws InterruptedException {
        CountDownLatch detached = new CountDownLatch(1);
        try {
            thread.execute(new Detach(this, detached));
        } catch (RejectedExecutionException ended) {
            return true;
        }
        if (detached.await(longestNanos, TimeUnit.NANOSECONDS)) {
            return true;
        }
        LOG.log(
                Level.INFO, // what holds it is reported where its request or task is
                "{0} is held in a slice and still carries its hub after its end was asked for",
                thread.getName());
        return false;
    }
}
