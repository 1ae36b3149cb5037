package dev.treadle.tomcat;

import dev.treadle.loop.EventLoop;
import dev.treadle.loop.HubLoops;
import dev.treadle.loop.LoopCarrier;

import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A poller of Tomcat whose thread carries a hub: between two selects it runs the greenlets that are
 * ready. Tomcat's own code still handles each connection, at the same times as before. This class
 * replaces only the loop around it ({@code NioEndpoint.Poller.run}, 10.1.55 and 11.0.25).
 *
 * <p><b>Why it costs less</b>: no request is handed to another thread. And if a request is answered
 * before the next select, its connection already has its interest back, which Tomcat had removed.
 * So neither change reaches the kernel (EPollSelectorImpl compares).
 *
 * <p><b>Lazy read interest</b>: a connection whose request blocks keeps its interest in the kernel,
 * where Tomcat would remove it and add it again, with two system calls. Tomcat's own record says
 * that nobody wants to read ({@link NioSocketWrapper#interestOps}). The interest is removed once
 * something can be read that nobody wants: a part of a body, the next request, or the end of the
 * connection. Invariant, of the thread that has the loop: the key has the interest of that record,
 * or {@code OP_READ} while the record has none. Tomcat adds an interest in writing to that of the
 * key, so that is done here ({@link #addWrites}).
 *
 * <p><b>Wake-ups</b>: {@code wakeupCounter} is -1 while this poller may wait; a thread that adds an
 * event then increments it to 0 and wakes the selector. The counter is reset before the events are
 * processed, and read afterwards. Any event that was added in between makes it positive, and then
 * the select does not wait.
 */
final class HubPoller extends NioEndpoint.Poller implements EventLoop {
    private static final Logger LOG = System.getLogger("dev.treadle.tomcat");

    private final HubPollers pollers;
    private final long timeoutMillis;
    private final AtomicLong wakeupCounter;
    private final LoopCarrier carrier;
    private final Thread thread;
    private final AtomicInteger arriving = new AtomicInteger();

    /** Connections that want to write, as soon as the thread that has the loop sees to it. */
    private final Queue<NioSocketWrapper> writes = new ConcurrentLinkedQueue<>();

    private volatile boolean closed;

    @SuppressWarnings("ThreadPriorityCheck") // what the endpoint was told, as Tomcat's own poller
    HubPoller(
            NioEndpoint endpoint,
            HubPollers pollers,
            PollerInternals internals,
            HubLoops loops,
            int index)
            throws IOException {
        endpoint.super();
        this.pollers = pollers;
        long timeout = endpoint.getSelectorTimeout();
        this.timeoutMillis = timeout == 0 ? Long.MAX_VALUE : timeout; // as for a selector
        this.wakeupCounter = internals.wakeupCounter(this);
        this.thread =
                new Thread(
                        null, this, endpoint.getName() + "-Poller-" + index, HubLoops.STACK_BYTES);
        thread.setPriority(endpoint.getPollerThreadPriority());
        thread.setDaemon(true);
        this.carrier = loops.attach(index, this);
    }

    void start() {
        thread.start();
    }

    /** Gives up a poller that was never started. */
    void abandon() throws IOException {
        carrier.detach();
        getSelector().close();
    }

    /** A new connection, which may have taken another poller. */
    @Override
    public void register(NioSocketWrapper connection) {
        pollers.register(connection, this);
    }

    void registerHere(NioSocketWrapper connection) {
        arriving.incrementAndGet();
        super.register(connection);
    }

    /** Returns how many connections there are, or will soon be. */
    int load() {
        return connections() + arriving.get();
    }

    int connections() {
        return super.getKeyCount();
    }

    /** Tomcat asks the poller that new connections go to, and means all. */
    @Override
    public int getKeyCount() {
        return pollers.connections();
    }

    /** As {@link #getKeyCount}: ends all of them. */
    @Override
    protected void destroy() {
        pollers.destroy();
    }

    /** Tells this one to end. */
    void close() {
        closed = true;
        super.destroy();
    }

    void join(long millis) throws InterruptedException {
        if (!thread.equals(Thread.currentThread())) {
            thread.join(millis);
        }
    }

    @Override
    public void run() {
        try {
            while (!closed) {
                turnHere(carrier.run());
            }
            events();
            timeout(0, false);
            getSelector().close();
        } catch (IOException failed) {
            LOG.log(Level.ERROR, thread.getName() + ": the selector could not be closed", failed);
        } finally {
            carrier.detach();
        }
    }

    private void turnHere(boolean wait) {
        try {
            look(wait);
        } catch (IOException | RuntimeException failed) {
            // as Tomcat's own loop: this round is lost, the connections are not
            LOG.log(Level.ERROR, thread.getName() + ": error in the selector loop", failed);
        } finally {
            carrier.awake();
        }
    }

    @Override
    public void wakeUp() {
        getSelector().wakeup();
    }

    @Override
    public boolean canTurn() {
        return true;
    }

    @Override
    public Selector selector() {
        return getSelector();
    }

    @Override
    public void turn(boolean wait) throws IOException {
        look(wait);
    }

    private void look(boolean wait) throws IOException {
        wakeupCounter.set(0);
        int arrived = arriving.get();
        boolean hasEvents = events();
        if (arrived > 0) {
            arriving.addAndGet(-arrived);
        }
        long millis = wait ? Math.min(timeoutMillis, carrier.waitMillis()) : 0;
        int ready;
        boolean whole = false;
        if (millis == 0 || closed || wakeupCounter.getAndSet(-1) > 0) {
            ready = getSelector().selectNow();
        } else {
            long began = System.nanoTime();
            ready = getSelector().select(millis);
            carrier.awake();
            whole =
                    millis == timeoutMillis
                            && System.nanoTime() - began >= TimeUnit.MILLISECONDS.toNanos(millis);
        }
        wakeupCounter.set(0);
        if (ready > 0) {
            processKeys();
        }
        // Tomcat takes a select without a result for a second without an event, and looks at all
        // connections. Where the wait was shorter, as one that a greenlet has ended, its own clock
        // has to do
        timeout(ready, hasEvents || !whole);
    }

    // ---- Interest

    @Override
    protected void unreg(SelectionKey key, NioSocketWrapper connection, int readyOps) {
        if (readyOps == SelectionKey.OP_READ && key.interestOps() == SelectionKey.OP_READ) {
            connection.interestOps(0); // the key keeps it
        } else {
            super.unreg(key, connection, readyOps);
        }
    }

    /** From any thread. */
    @Override
    public void add(NioSocketWrapper connection, int ops) {
        if (ops == SelectionKey.OP_READ || closed) {
            super.add(connection, ops);
            return;
        }
        writes.offer(connection);
        if (wakeupCounter.incrementAndGet() == 0) {
            getSelector().wakeup();
        }
        if (closed && writes.remove(connection)) {
            super.add(connection, ops); // which ends it
        }
    }

    @Override
    public boolean events() {
        boolean some = addWrites();
        return super.events() || some;
    }

    /** As Tomcat's {@code events}, but for the interest that only the key still has. */
    private boolean addWrites() {
        boolean some = false;
        for (int left = writes.size(); left > 0; left--) {
            NioSocketWrapper connection = writes.poll();
            if (connection == null) {
                break;
            }
            some = true;
            SocketChannel channel = connection.getSocket().getIOChannel();
            SelectionKey key = channel == null ? null : channel.keyFor(getSelector());
            if (key == null) {
                connection.close();
                continue;
            }
            try {
                int ops = connection.interestOps() | SelectionKey.OP_WRITE;
                connection.interestOps(ops);
                key.interestOps(ops);
            } catch (CancelledKeyException closedMeanwhile) {
                connection.close();
            }
        }
        return some;
    }

    /** Whether nobody wants what is ready; the kernel is told then. */
    private static boolean isUnwanted(SelectionKey key, NioSocketWrapper connection) {
        if (!key.isValid() || (connection.interestOps() & key.readyOps()) != 0) {
            return false;
        }
        key.interestOps(connection.interestOps());
        return true;
    }

    private void processKeys() {
        for (Iterator<SelectionKey> keys = getSelector().selectedKeys().iterator();
                keys.hasNext(); ) {
            SelectionKey key = keys.next();
            keys.remove();
            // none if another thread has cancelled the key
            if (key.attachment() instanceof NioSocketWrapper connection) {
                handOn(key, connection);
            }
        }
    }

    private void handOn(SelectionKey key, NioSocketWrapper connection) {
        boolean unwanted;
        try {
            unwanted = isUnwanted(key, connection);
        } catch (CancelledKeyException closedMeanwhile) {
            unwanted = false; // as Tomcat sees it
        }
        if (!unwanted) {
            processKey(key, connection);
        }
    }
}
