package dev.treadle.internal.gate;

import dev.treadle.gate.SocketPair;
import dev.treadle.internal.base.NeutralThreads;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Checks whether the clients of waiting requests are still there. A request in the queue whose
 * client has left is removed: otherwise users who press reload leave abandoned requests in the
 * queue, and under overload a server works on nothing else. An asynchronous request without a
 * thread whose client has left is ended: otherwise it holds its place for ever.
 *
 * <p>One daemon thread. A client has left if its connection is closed, which the operating system
 * reports for all TCP connections at once ({@link TcpTable}): no container checks a connection
 * while its request is being processed. Or it has reset its HTTP/2 stream, which the adapter
 * reports ({@link dev.treadle.gate.ClientSocket#isGone}). If the other end of a connection was
 * closed the client counts as gone. This includes a TCP half-close ({@code CLOSE_WAIT}), because
 * the two cases look the same, and HTTP clients do not half-close (compare {@code abortonclose} of
 * HAProxy). Such a client still gets the answer 503.
 *
 * <p><b>No checks run while no request waits.</b> This thread sets {@code asleep}, then checks once
 * more whether the queue is empty. A request joins its queue first and reads {@code asleep}
 * afterwards, so one of the two sees the other. The same holds for {@code idleToo} and the count of
 * idle requests. While there are idle requests a further one does not wake the thread: it waits for
 * the next look.
 */
final class ClientWatch {
    private static final Logger LOG = System.getLogger("dev.treadle.gate");

    /** A stream that is reset while in the queue is noticed after so long at most. */
    private static final long QUEUE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The shortest time between two reads of the table, while a queue is not empty. */
    private static final long TABLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** An asynchronous request may be idle for hours, and none of it is urgent. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * While a queue is not empty, looks use at most this fraction (1 / QUEUE_SHARE) of one core.
     */
    private static final int QUEUE_SHARE = 10;

    /** The same while there are only idle requests. */
    private static final int IDLE_SHARE = 50;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Supplier<List<Limiter>> limiters;
    private final Consumer<Consumer<RequestPermit>> inside;
    private final AtomicInteger idle = new AtomicInteger();
    private volatile @Nullable Thread thread; // null until started
    private volatile boolean asleep; // a request that joins a queue wakes the thread
    private volatile boolean idleToo; // so does one that becomes idle: there was none
    private volatile boolean closed;

    // of the thread
    private long tableReadNanos = System.nanoTime() - TABLE_NANOS;
    private long nextIdleLook = System.nanoTime();

    /**
     * @param inside calls its argument for each request inside
     */
    ClientWatch(Supplier<List<Limiter>> limiters, Consumer<Consumer<RequestPermit>> inside) {
        this.limiters = limiters;
        this.inside = inside;
    }

    /** Starts it. */
    void start() {
        Thread started = NeutralThreads.daemon("treadle-queue", this::watch);
        thread = started;
        started.start();
        if (!TcpTable.isThere()) {
            LOG.log(
                    Level.INFO,
                    "no {0} here: a client that closes its connection while it waits is noticed only when it is answered",
                    TcpTable.PLACE);
        }
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread); // harmless if there is none
    }

    /** A request has joined a queue. */
    void lineGrows() {
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    /** A request goes on without a thread. */
    void idleBegins() {
        idle.incrementAndGet();
        if (idleToo) {
            LockSupport.unpark(thread);
        }
    }

    /** A request that went on without a thread is complete. */
    void idleEnds() {
        idle.decrementAndGet();
    }

    /** Returns how many requests go on without a thread, or did and now have one again. */
    int idle() {
        return idle.get();
    }

    private void watch() {
        while (!closed) {
            asleep = true;
            if (isAnybodyInLine()) {
                asleep = false;
                LockSupport.parkNanos(this, Math.max(QUEUE_NANOS, look() * QUEUE_SHARE));
            } else {
                lookAfterIdle();
            }
        }
    }

    /** One look, or one sleep, while all queues are empty. */
    private void lookAfterIdle() {
        idleToo = true;
        if (idle.get() == 0) {
            if (!closed) {
                LockSupport.park(this);
            }
            idleToo = false;
            return;
        }
        idleToo = false;
        long left = nextIdleLook - System.nanoTime();
        if (left > 0) {
            LockSupport.parkNanos(this, left);
        } else {
            long took = look();
            nextIdleLook = System.nanoTime() + Math.max(IDLE_NANOS, took * IDLE_SHARE);
        }
    }

    private boolean isAnybodyInLine() {
        for (Limiter limiter : limiters.get()) {
            if (limiter.waiting() > 0) {
                return true;
            }
        }
        return false;
    }

    /** A waiting request: the observations of its client, and the action if the client has left. */
    private record Waiting(ClientSeen seen, Runnable leaves) {}

    /** Returns what it took of a core: on a busy machine the clock says more than that. */
    private long look() {
        long start = THREADS.getCurrentThreadCpuTime();
        try {
            Map<SocketPair, List<Waiting>> clients = new HashMap<>();
            lookAtLines(clients);
            lookAtIdle(clients);
            if (!clients.isEmpty()
                    && TcpTable.isThere()
                    && System.nanoTime() - tableReadNanos >= TABLE_NANOS) {
                tableReadNanos = System.nanoTime();
                lookAtTable(clients);
            }
        } catch (IOException | RuntimeException | Error broken) {
            // the next look tries again: this thread must not end because of it
            LOG.log(Level.ERROR, "the look after clients that wait failed", broken);
        }
        return THREADS.getCurrentThreadCpuTime() - start;
    }

    private void lookAtLines(Map<SocketPair, List<Waiting>> clients) {
        for (Limiter limiter : limiters.get()) {
            List<Limiter.Place> places = new ArrayList<>();
            limiter.forEachWaiting(places::add); // under its lock, so nothing is asked there
            for (Limiter.Place place : places) {
                if (isGone(place)) {
                    limiter.clientGone(place);
                } else {
                    note(
                            clients,
                            place.socket(),
                            new Waiting(place.seen, () -> limiter.clientGone(place)));
                }
            }
        }
    }

    private static boolean isGone(Limiter.Place place) {
        try {
            return place.client().isGone();
        } catch (RuntimeException broken) {
            LOG.log(Level.ERROR, "a client in the queue could not be looked at", broken);
            return false;
        }
    }

    private void lookAtIdle(Map<SocketPair, List<Waiting>> clients) {
        if (idle.get() > 0) {
            inside.accept(permit -> {
                try {
                    lookAtIdle(permit, clients);
                } catch (RuntimeException | Error broken) {
                    // of this one: the others are to be looked at all the same
                    LOG.log(
                            Level.ERROR,
                            "the look after the client of " + permit + " failed",
                            broken);
                }
            });
        }
    }

    private static void lookAtIdle(RequestPermit permit, Map<SocketPair, List<Waiting>> clients) {
        SocketPair socket = permit.idleOn();
        if (permit.isRefusedForLong()) {
            permit.insist(); // the end of such a request may take several attempts
        } else if (permit.isIdleAndGone()) {
            permit.clientGone();
        } else if (socket != null) {
            note(clients, socket, new Waiting(permit.seen(), permit::clientGone));
        }
    }

    /** Several requests may have come on one connection, with HTTP/2. */
    private static void note(
            Map<SocketPair, List<Waiting>> clients, @Nullable SocketPair socket, Waiting waiting) {
        if (socket != null) {
            clients.computeIfAbsent(socket, key -> new ArrayList<>()).add(waiting);
        }
    }

    private static void lookAtTable(Map<SocketPair, List<Waiting>> clients) throws IOException {
        TcpTable table = TcpTable.read(clients.keySet());
        clients.forEach((client, requests) -> {
            for (Waiting each : requests) {
                if (each.seen()
                        .hasLeft(
                                table.isOpen(client),
                                table.isThere(client),
                                table.isListening(client))) {
                    leave(each);
                }
            }
        });
    }

    private static void leave(Waiting waiting) {
        try {
            waiting.leaves().run();
        } catch (RuntimeException | Error broken) {
            // of this one: the others are to leave all the same
            LOG.log(Level.ERROR, "a request whose client has left could not be ended", broken);
        }
    }
}
