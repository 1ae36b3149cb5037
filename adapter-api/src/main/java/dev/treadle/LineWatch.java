package dev.treadle;

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
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Looks whether the clients of those in line are still there, and sends away whose client is not:
 * else users who press reload leave requests behind that nobody waits for, and under overload those
 * are all that a server works on.
 *
 * <p>One daemon thread. It asks the operating system for the states of all TCP connections, {@link
 * TcpTable}, because no container looks at a connection while its request is being worked on, and
 * because one look serves all of the line. A connection whose other end was closed counts as left,
 * also if only the direction to the server was (TCP half-close, {@code CLOSE_WAIT}): which of the
 * two it is cannot be told, and HTTP clients do not half-close (compare {@code abortonclose} of
 * HAProxy). Such a client still gets the answer 503.
 *
 * <p><b>Nothing is looked at while nobody is in line.</b> This thread sets {@code asleep}, then
 * looks at the lines once more; whoever joins a line is in it first and reads {@code asleep} after:
 * one of the two sees the other.
 */
final class LineWatch {
    private static final Logger LOG = System.getLogger("dev.treadle.gate");

    /**
     * A client that left is noticed after so long at most, unless there are very many connections.
     */
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** A look takes so small a part of one core at most: one in this many. */
    private static final int SHARE = 10;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Supplier<List<Turnstile>> turnstiles;
    private volatile @Nullable Thread thread; // null until started
    private volatile boolean asleep;
    private volatile boolean closed;

    LineWatch(Supplier<List<Turnstile>> turnstiles) {
        this.turnstiles = turnstiles;
    }

    /** Starts it, where the operating system tells the states of connections. */
    void start() {
        if (TcpTable.isThere()) {
            thread = Thread.ofPlatform().daemon().name("treadle-line").start(this::watch);
        } else {
            LOG.log(
                    Level.INFO,
                    "no {0} here: a client that leaves while in line is noticed only when it is answered",
                    TcpTable.PLACE);
        }
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread); // harmless if there is none
    }

    /** Somebody has joined a line. */
    void lineGrows() {
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    private void watch() {
        while (!closed) {
            asleep = true;
            if (isAnybodyInLine()) {
                asleep = false;
                long took = look();
                LockSupport.parkNanos(this, Math.max(PERIOD_NANOS, took * SHARE));
            } else if (!closed) {
                LockSupport.park(this);
            }
        }
    }

    private boolean isAnybodyInLine() {
        for (Turnstile turnstile : turnstiles.get()) {
            if (turnstile.waiting() > 0) {
                return true;
            }
        }
        return false;
    }

    private record Waiting(Turnstile turnstile, Turnstile.Place place) {}

    /** Returns what it took of a core: on a busy machine the clock says more than that. */
    private long look() {
        long start = THREADS.getCurrentThreadCpuTime();
        try {
            Map<SocketPair, List<Waiting>> clients = clientsInLine();
            if (!clients.isEmpty()) {
                TcpTable table = TcpTable.read(clients.keySet());
                clients.forEach((client, places) -> {
                    for (Waiting each : places) {
                        judge(each, table.isOpen(client), table.isThere(client));
                    }
                });
            }
        } catch (IOException | RuntimeException | Error broken) {
            // the next look tries again: this thread must not die of it
            LOG.log(Level.ERROR, "the look after clients in line failed", broken);
        }
        return THREADS.getCurrentThreadCpuTime() - start;
    }

    /** Several requests may have come on one connection, with HTTP/2. */
    private Map<SocketPair, List<Waiting>> clientsInLine() {
        Map<SocketPair, List<Waiting>> clients = new HashMap<>();
        for (Turnstile turnstile : turnstiles.get()) {
            turnstile.forEachInLine(place -> {
                SocketPair client = place.client();
                if (client != null) {
                    clients.computeIfAbsent(client, key -> new ArrayList<>())
                            .add(new Waiting(turnstile, place));
                }
            });
        }
        return clients;
    }

    /**
     * A connection that is not in the table at all was reset, if it was seen there before; if it
     * was not, what the container calls its ends is not what the operating system does. Two looks
     * have to miss it: the kernel gives the table page by page, and may pass over a line when
     * another one goes away between two pages.
     */
    private static void judge(Waiting waiting, boolean open, boolean there) {
        Turnstile.Place place = waiting.place();
        if (open) {
            place.clientSeen = true;
            place.clientMissed = 0;
        } else if (there || (place.clientSeen && ++place.clientMissed > 1)) {
            waiting.turnstile().clientGone(place);
        }
    }
}
