package dev.treadle.internal.hub;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The greenlets of one hub that wait for a socket to be readable, or those that wait for one to be
 * writable: an {@code epoll} of the hub's own.
 *
 * <p><b>No wait is lost.</b> A wait is in the map before the socket is armed. {@link #close} marks
 * this as closed before it goes through the map, and {@link #register} looks at that mark after it
 * has put the wait into the map. So either the close sees the wait and ends it for nothing, and it
 * begins anew elsewhere; or the register sees the close, and the wait begins elsewhere at once.
 *
 * <p><b>No descriptor is used after its end.</b> Threads that use it are counted in the same word
 * that says that it is closed. The one that makes the count zero after the close ends it.
 */
final class SocketWaits {
    private static final Logger LOG = System.getLogger("dev.treadle.hub");

    /** More events wait for the next round. */
    private static final int MOST_EVENTS = 256;

    private static final int LOOKS_BY_WAY_OF_CLEANING = 64;

    private static final int CLOSED = 1 << 30;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A thread that waits, and where. */
    static final class Wait {
        private final Thread thread;
        private final SocketWaits at;
        private volatile boolean fired;

        Wait(Thread thread, SocketWaits at) {
            this.thread = thread;
            this.at = at;
        }
    }

    /** All waits of the JVM in one direction on hubs, by the descriptor of their socket. */
    private final Map<Integer, Wait> all;

    private final Epoll epoll;
    private final int fd;
    private final int events;
    private final long memory;
    private final AtomicInteger users = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();

    /** Changes with each look; written by the thread that has the hub, and read by the watch. */
    private volatile long looks;

    /**
     * @param events that are waited for, {@link Epoll#IN} or {@link Epoll#OUT}
     * @param all the waits of this JVM with those events
     */
    SocketWaits(Epoll epoll, int events, Map<Integer, Wait> all) throws IOException {
        this.epoll = epoll;
        this.events = events | Epoll.ONE_SHOT;
        this.all = all;
        memory = epoll.allocate(MOST_EVENTS);
        boolean created = false;
        try {
            fd = epoll.create();
            created = true;
        } finally {
            if (!created) {
                epoll.free(memory);
            }
        }
    }

    static Map<Integer, Wait> newMap() {
        return new ConcurrentHashMap<>();
    }

    /** Returns the descriptor, for a selector that is to see its events. */
    int descriptor() {
        return fd;
    }

    private boolean enter() {
        if (users.incrementAndGet() < CLOSED) {
            return true;
        }
        exit();
        return false;
    }

    private void exit() {
        if (users.decrementAndGet() == CLOSED) {
            // no thread gets in any more; of two that see this number, one makes it greater
            if (users.compareAndSet(CLOSED, CLOSED + CLOSED / 2)) {
                epoll.close(fd);
                epoll.free(memory);
            }
        }
    }

    /**
     * The current thread begins to wait for a socket.
     *
     * @return false if it cannot wait here
     */
    boolean register(int socket) {
        if (!enter()) {
            return false;
        }
        Wait wait = new Wait(Thread.currentThread(), this);
        boolean registered = false;
        waiting.incrementAndGet();
        try {
            all.put(socket, wait);
            registered = epoll.arm(fd, socket, events) == 0 && users.get() < CLOSED;
            return registered;
        } finally {
            if (!registered) {
                all.remove(socket, wait);
                waiting.decrementAndGet();
            }
            exit();
        }
    }

    /**
     * The current thread waits no longer.
     *
     * @return false if it did not wait on a hub
     */
    static boolean deregister(Map<Integer, Wait> all, int socket) {
        Wait wait = all.get(socket);
        if (wait == null || !wait.thread.equals(Thread.currentThread())) {
            return false;
        }
        all.remove(socket, wait);
        wait.at.waiting.decrementAndGet();
        if (!wait.fired) {
            wait.at.disarm(socket);
        }
        return true;
    }

    private void disarm(int socket) {
        if (enter()) {
            try {
                epoll.remove(fd, socket);
            } finally {
                exit();
            }
        }
    }

    /** Returns how many threads wait here; a snapshot. */
    int waiting() {
        return waiting.get();
    }

    /**
     * Ends the waits whose sockets are ready; for the thread that has the hub. Now and then it
     * looks although no thread waits. An event of an earlier wait of the same socket may have ended
     * the last wait, which then left its socket armed. Were nobody to take its event, the loop's
     * selector would not wait any more.
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
    void look() {
        looks++;
        if (waiting.get() > 0 || looks % LOOKS_BY_WAY_OF_CLEANING == 0) {
            look(memory);
        }
    }

    /**
     * Ends the waits whose sockets are ready, if the thread that has the hub has not looked since
     * the last call; for the watch.
     *
     * @param seen the number of looks then
     * @return the number of looks now
     */
    long lookInstead(long seen) {
        long now = looks;
        if (now == seen && waiting.get() > 0) {
            long own = epoll.allocate(MOST_EVENTS);
            try {
                look(own);
            } finally {
                epoll.free(own);
            }
        }
        return now;
    }

    private void look(long at) {
        if (!enter()) {
            return;
        }
        try {
            endWaits(at, epoll.poll(fd, at, MOST_EVENTS));
        } catch (IOException failed) {
            LOG.log(Level.ERROR, "the sockets of a hub could not be polled", failed);
        } finally {
            exit();
        }
    }

    private void endWaits(long at, int count) {
        int ended = 0;
        try {
            for (; ended < count; ended++) {
                Wait wait = all.get(epoll.descriptor(at, ended));
                if (wait != null && equals(wait.at)) {
                    wait.fired = true;
                    LockSupport.unpark(wait.thread);
                }
            }
        } finally {
            for (; ended < count; ended++) { // no memory: each event comes once, so ask again
                int unused = epoll.arm(fd, epoll.descriptor(at, ended), events);
            }
        }
    }

    /** Has waits begin elsewhere from now on, those that have begun as well. */
    void close() {
        int before = users.getAndUpdate(now -> now < CLOSED ? now + CLOSED + 1 : now);
        if (before >= CLOSED) {
            return;
        }
        try {
            while (!wokeAll()) {
                // as the JDK does (VirtualThread.submitRunContinuation): no thread looks at them
                // again
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        } finally {
            exit();
        }
    }

    /** Returns false if there was no memory: each wait that is left may be woken once more. */
    private boolean wokeAll() {
        try {
            for (Wait wait : all.values()) {
                if (equals(wait.at)) {
                    wake(wait.thread);
                }
            }
            return true;
        } catch (OutOfMemoryError full) {
            return false;
        }
    }

    /** Its hub has the slice of the thread, even if its loop could not be woken for it. */
    private static void wake(Thread waiting) {
        try {
            LockSupport.unpark(waiting);
        } catch (RuntimeException | LinkageError notWoken) {
            LOG.log(Level.ERROR, "the hub of " + waiting.getName() + " was not woken", notWoken);
        }
    }

    @Override
    public String toString() {
        return "epoll "
                + fd
                + " with "
                + waiting
                + " waits"
                + (users.get() < CLOSED ? "" : ", closed");
    }
}
