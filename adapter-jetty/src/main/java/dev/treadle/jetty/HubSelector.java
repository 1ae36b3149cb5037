package dev.treadle.jetty;

import dev.treadle.loop.EventLoop;
import dev.treadle.loop.LoopCarrier;

import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.statistic.SampleStatistic;
import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A selector of Jetty whose thread carries a hub: where Jetty would wait for events, the slices of
 * the hub run first, and it waits only if none is left. All code of this class runs inside {@link
 * #nioSelect}. Before and after that Jetty's loop runs unchanged, and finds nothing selected.
 *
 * <p><b>Selected keys are handled here</b>, and not by Jetty's execution strategy, which would run
 * non-blocking tasks on this very thread. These tasks take locks of their connection. If a greenlet
 * of this hub were parked while it holds such a lock, the thread that has to run it would wait for
 * it, for ever. So each task is a greenlet. Outside of greenlets this thread takes only locks under
 * which no thread parks: those of Jetty's selectors and keys. At a stop, when Jetty closes
 * connections on this thread, the hub is given away first.
 *
 * <p><b>No update is overlooked</b>: a thread that submits one offers it, then makes a full fence,
 * then reads {@code waiting}. The thread that resets {@code waiting} by compare-and-set wakes the
 * selector. The loop writes {@code waiting}, then makes a full fence, then looks at the updates
 * once more before it waits. So at least one of the two sees the other. (Jetty's own queue would
 * do, but at the cost of a system call for each batch: it wakes a selector whose thread is inside
 * {@link #nioSelect}, where the greenlets run that submit the updates.)
 *
 * <p><b>One select for each call of {@link #nioSelect}</b>: Jetty wakes the selector itself when a
 * connection is closed, because its socket is closed only by the next select. It does so at most
 * once in each round of its loop. So a thread that consumes such a wake-up without a return to
 * Jetty's loop must not wait afterwards; see {@code turned}.
 *
 * <p><b>Interest is updated after the slices</b> that a selection has started, not before: most of
 * them want by then the interest that is already registered, so nothing changes.
 */
final class HubSelector extends ManagedSelector implements EventLoop {
    private static final Logger LOG = System.getLogger("dev.treadle.jetty");

    /** How many updates are applied before the loop goes on, lest they follow without an end. */
    private static final int MOST_UPDATES = 1_024;

    private static final VarHandle WAITING;

    static {
        try {
            WAITING =
                    MethodHandles.lookup()
                            .findVarHandle(HubSelector.class, "waiting", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final HubConnector.Manager manager;
    private final int hub;
    private final HubSlots slots;
    private final Executor tasks;
    private final Queue<SelectorUpdate> updates = new ConcurrentLinkedQueue<>();
    private final AtomicInteger arriving = new AtomicInteger();
    private final SampleStatistic keyStats = new SampleStatistic();

    @SuppressWarnings("unused") // through WAITING
    private volatile boolean waiting;

    /** The selector in use; written by the loop's own thread. */
    private volatile @Nullable Selector current;

    private volatile boolean stopping;

    /** The loop's own thread is held in a slice, and another takes its turns. */
    private volatile boolean turning;

    /** Written by the loop's own thread, while no other turns. */
    private @Nullable LoopCarrier carrier;

    /** Touched by the loop's own thread only. */
    private boolean turned;

    /**
     * Connections that were selected and wait for their new interest; used only by the thread that
     * has the loop.
     */
    private final List<Selectable> selected = new ArrayList<>();

    /**
     * @param tasks what runs the tasks of connections
     */
    HubSelector(HubConnector.Manager manager, int hub, HubSlots slots, Executor tasks) {
        super(manager, hub);
        this.manager = manager;
        this.hub = hub;
        this.slots = slots;
        this.tasks = tasks;
    }

    /** Jetty's loop, which holds a thread until this selector stops. */
    final class Loop implements Runnable {
        private final Runnable loop;

        private Loop(Runnable loop) {
            this.loop = loop;
        }

        @Override
        public void run() {
            try {
                loop.run();
            } finally {
                leaveHub();
            }
        }
    }

    Loop loop(Runnable jettys) {
        return new Loop(jettys);
    }

    @Override
    protected void doStart() throws Exception {
        manager.starting(this);
        try {
            super.doStart();
        } finally {
            manager.starting(null);
        }
    }

    @Override
    protected void doStop() throws Exception {
        stopping = true;
        submit(selector -> {});
        super.doStop();
    }

    // ---- The loop's own thread

    @Override
    protected int nioSelect(Selector selector, boolean now) throws IOException {
        current = selector;
        if (now) {
            return look(selector, false);
        }
        applyUpdates(selector, true);
        boolean waits = runSlices() && beginWait();
        try {
            if (!waits) {
                awake(); // so that what the updates start does not wake this very selector
                applyUpdates(selector, true);
            }
            return look(selector, waits);
        } finally {
            waiting = false;
            awake();
        }
    }

    /** Runs slices of the hub, and says whether this thread may wait for events. */
    private boolean runSlices() {
        if (carrier == null && !stopping) {
            carrier = slots.claim(hub, this);
            // from here until it is run, the hub's former carrier may take turns of this loop
            turned = carrier != null;
        }
        boolean noneLeft = carrier == null || carrier.run();
        updateKeys();
        if (turned) {
            turned = false;
            turning = false;
            return false;
        }
        return noneLeft;
    }

    private void awake() {
        if (carrier != null) {
            carrier.awake();
        }
    }

    private void leaveHub() {
        LoopCarrier left = carrier;
        if (left != null) {
            carrier = null;
            left.detach();
            slots.free(hub, this);
        }
    }

    // ---- For the thread that has the loop

    /** Announces a wait, unless there are updates. */
    private boolean beginWait() {
        waiting = true;
        VarHandle.fullFence();
        if (updates.isEmpty()) {
            return true;
        }
        waiting = false;
        return false;
    }

    private void applyUpdates(Selector selector, boolean onOwnThread) {
        for (int left = MOST_UPDATES; left > 0; left--) {
            SelectorUpdate update = updates.poll();
            if (update == null) {
                return;
            }
            if (stopping && onOwnThread) {
                // after the poll: the update that closes the connections was submitted after the
                // flag was set
                leaveHub();
            }
            try {
                update.update(selector);
            } catch (Throwable broken) {
                LOG.log(Level.WARNING, "cannot update " + this, broken);
            }
            if (registers(update)) {
                arriving.decrementAndGet();
            }
        }
    }

    private void updateKeys() {
        for (Selectable each : selected) {
            each.updateKey();
        }
        selected.clear();
    }

    private int look(Selector selector, boolean wait) throws IOException {
        if (!selector.isOpen()) {
            return 0; // closed by an update: the end of the loop
        }
        int count = wait ? waitFor(selector) : selector.selectNow();
        if (wait) {
            awake(); // before Jetty's code, in which this thread may be held
        }
        if (count > 0) {
            keyStats.record(count);
            handOn(selector.selectedKeys().iterator());
        }
        return count;
    }

    /** Waits for an event, a wake-up, or the first timer of the hub. */
    private int waitFor(Selector selector) throws IOException {
        LoopCarrier carried = carrier;
        long millis = carried == null ? Long.MAX_VALUE : carried.waitMillis();
        if (millis == 0) {
            return selector.selectNow();
        }
        return millis == Long.MAX_VALUE ? selector.select() : selector.select(millis);
    }

    private void handOn(Iterator<SelectionKey> keys) {
        while (keys.hasNext()) {
            SelectionKey key = keys.next();
            Object attachment = key.attachment();
            if (attachment instanceof Selectable selectable) {
                keys.remove();
                handOn(key, selectable);
            } else if (attachment == null) {
                // not ready yet: Jetty attaches its object before the next select, and the key is
                // selected again
                keys.remove();
            }
            // what is connecting is left to Jetty
        }
    }

    private void handOn(SelectionKey key, Selectable selectable) {
        try {
            if (selectable instanceof HubEndPoint connection
                    && key.isValid()
                    && connection.isUnwanted()) {
                return;
            }
            selected.add(selectable);
            Runnable task = key.isValid() ? selectable.onSelected() : null;
            if (task != null) {
                execute(task);
            } else if (!key.isValid()) {
                close(key, selectable);
            }
        } catch (CancelledKeyException closedMeanwhile) {
            close(key, selectable);
        } catch (Throwable broken) {
            LOG.log(Level.WARNING, "could not process key of channel " + key.channel(), broken);
            close(key, selectable);
        }
    }

    private static void close(SelectionKey key, Selectable selectable) {
        IO.close(selectable instanceof EndPoint endPoint ? endPoint : key.channel());
    }

    private void execute(Runnable task) {
        try {
            tasks.execute(task);
        } catch (RejectedExecutionException closed) {
            LOG.log(
                    isRunning() ? Level.WARNING : Level.DEBUG,
                    "a connection could not be served",
                    closed);
            if (task instanceof Closeable closeable) {
                IO.close(closeable);
            }
        }
    }

    // ---- The hub

    @Override
    public void wakeUp() {
        Selector selector = current;
        if (selector != null) {
            selector.wakeup();
        }
    }

    @Override
    public @Nullable Selector selector() {
        Selector selector = current;
        return selector == null || !selector.isOpen() ? null : selector;
    }

    @Override
    public boolean canTurn() {
        Selector selector = current;
        return selector != null && selector.isOpen();
    }

    @Override
    public void turn(boolean wait) throws IOException {
        Selector selector = current;
        if (selector == null) {
            return;
        }
        turning = true;
        applyUpdates(selector, false);
        updateKeys();
        boolean waits = wait && beginWait();
        try {
            if (look(selector, waits) == 0) {
                Thread.interrupted(); // nothing is meant by it here, and with it no select would
                // wait
            }
        } finally {
            waiting = false;
        }
    }

    @Override
    public void turnsEnded() {
        turned = true;
    }

    // ---- Any thread

    @Override
    public void submit(SelectorUpdate update) {
        if (registers(update)) {
            arriving.incrementAndGet();
            manager.chooseNext();
        }
        updates.offer(update);
        VarHandle.fullFence();
        if (waiting && WAITING.compareAndSet(this, true, false)) {
            wakeUp();
        }
    }

    /** Whether it registers a channel, as those updates do that can be closed. */
    private static boolean registers(SelectorUpdate update) {
        return update instanceof Closeable;
    }

    @Override
    protected void endPointClosed(EndPoint endPoint) {
        super.endPointClosed(endPoint);
        if (turning) {
            submit(selector -> {}); // the select ends, and with it the socket
        }
    }

    /** Returns how many channels there are, or will soon be. */
    int load() {
        Selector selector = current;
        int registered;
        try {
            registered = selector == null ? 0 : selector.keys().size();
        } catch (ClosedSelectorException stopped) {
            registered = 0;
        }
        return registered + arriving.get();
    }

    /** Returns the key of a channel that is registered here; null if it is not. */
    @Nullable SelectionKey keyOf(SelectableChannel channel) {
        Selector selector = current;
        return selector == null ? null : channel.keyFor(selector);
    }

    @Override
    public double getAverageSelectedKeys() {
        return keyStats.getMean();
    }

    @Override
    public long getMaxSelectedKeys() {
        return keyStats.getMax();
    }

    @Override
    public long getSelectCount() {
        return keyStats.getCount();
    }

    @Override
    public void resetStats() {
        keyStats.reset();
    }
}
