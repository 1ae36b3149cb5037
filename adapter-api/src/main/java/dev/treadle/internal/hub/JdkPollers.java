package dev.treadle.internal.hub;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Has the JDK start its socket pollers before the first greenlet waits for a socket.
 *
 * <p>The JDK starts all of them, for reads and writes and for all virtual threads of the JVM, the
 * first time that a virtual thread waits for a socket. Since JDK 22 they are virtual threads
 * themselves, which inherit the scheduler of the thread that starts them. Started by a greenlet,
 * they would run on its hub for as long as the JVM runs: if that hub is held, no virtual thread of
 * the JVM is told that its socket is ready.
 *
 * <p><b>Invariant</b>: no greenlet runs before {@link #start} has returned once. So a virtual
 * thread that finds {@code started} false is none of a hub.
 */
public final class JdkPollers {
    /** The JDK's scheduler may be busy, and must not keep a server from its start. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How long one attempt waits: long enough to be seen by some looks. */
    private static final int WAIT_MILLIS = 5;

    private static final long LOOK_NANOS = 200_000;

    private static final ReentrantLock LOCK = new ReentrantLock();

    // guarded by LOCK
    private static boolean started;
    private static @Nullable String problem;

    private JdkPollers() {}

    /**
     * Has a virtual thread of the JDK's scheduler wait for a socket, the first time it is called.
     *
     * @return what went wrong that time, or null
     */
    public static @Nullable String start() {
        LOCK.lock();
        try {
            if (!started) {
                problem = waitForSocketOnVirtualThread();
                started = true;
            }
            return problem;
        } finally {
            LOCK.unlock();
        }
    }

    private static @Nullable String waitForSocketOnVirtualThread() {
        Waiting waiting = new Waiting();
        if (Thread.currentThread().isVirtual()) {
            // Another one may never get a carrier, while this one is pinned to the only one.
            waiting.run();
            return waiting.problem;
        }
        Thread thread = Thread.ofVirtual().name("treadle-pollers").start(waiting);
        return ended(thread)
                ? waiting.problem
                : "no virtual thread of the JDK's scheduler ended within "
                        + PATIENCE.toSeconds()
                        + " s";
    }

    private static boolean ended(Thread thread) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return thread.join(Duration.ofNanos(end - System.nanoTime()));
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits for a connection that does not come, until another thread has seen it wait. A wait with
     * a limit may be over before it begins, if the machine is busy just then: the JDK looks at the
     * time first ({@code NioSocketImpl.timedAccept}).
     */
    private static final class Waiting implements Runnable {
        private volatile @Nullable String problem;
        private volatile boolean accepts;
        private volatile boolean seen;
        private volatile boolean over;

        @Override
        public void run() {
            Thread waiter = Thread.currentThread();
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                server.setSoTimeout(WAIT_MILLIS);
                Thread.ofPlatform()
                        .daemon()
                        .name("treadle-pollers-seen")
                        .start(() -> lookAt(waiter));
                long end = System.nanoTime() + PATIENCE.toNanos();
                while (!seen && System.nanoTime() - end < 0) {
                    waitOnce(server);
                }
                problem =
                        seen
                                ? null
                                : "no wait for a socket was seen within "
                                        + PATIENCE.toSeconds()
                                        + " s";
            } catch (IOException | RuntimeException | LinkageError broken) {
                Throwable cause = broken.getCause();
                problem = cause == null ? broken.toString() : cause.toString();
            } finally {
                over = true;
            }
        }

        private void waitOnce(ServerSocket server) throws IOException {
            accepts = true;
            try {
                Socket stranger = server.accept();
                stranger.close();
            } catch (SocketTimeoutException waited) {
                // as expected
            } finally {
                accepts = false;
            }
        }

        /** Ends with the wait, or as soon as it has been seen. */
        private void lookAt(Thread waiter) {
            while (!over && !seen) {
                Thread.State state = waiter.getState();
                boolean waits =
                        state == Thread.State.TIMED_WAITING || state == Thread.State.WAITING;
                if (waits && accepts) {
                    seen = true;
                } else {
                    LockSupport.parkNanos(LOOK_NANOS);
                }
            }
        }
    }
}
