package dev.treadle.undertow;

import org.jspecify.annotations.Nullable;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The parking of threads that wait for a client, in one direction of one exchange. XNIO itself
 * would block such a thread in {@code Selector.select} ({@code NioSocketConduit.awaitReadable},
 * 3.8.16), which costs two descriptors per thread and, on a virtual thread of JDK 21 to 23, holds
 * the carrier.
 *
 * <p><b>Threads.</b> The thread that waits uses neither conduit nor channel: it posts tasks to the
 * I/O thread and parks. Only the I/O thread starts and stops to listen, so that conduits which are
 * not safe for two threads ({@code SslConduit}, 2.3.26, keeps its flags in one field that it
 * updates by reading and writing) see one.
 *
 * <p><b>No wake-up is lost</b>: {@code waiting} holds the thread before the task that listens is
 * posted, so every event finds it; {@code Waiter.woken} is set before the unpark and never taken
 * back, and the thread parks only after it saw it unset.
 *
 * <p><b>No listener is left behind</b>: a thread leaves when it is woken, and it is woken after
 * listening has ended; or because the stream is over, and then listening ends in a task that is
 * posted before. Tasks run in the order they are posted, so none of them disturbs the thread's next
 * wait.
 */
final class Parking {
    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final VarHandle WAITING;

    static {
        try {
            WAITING = MethodHandles.lookup().findVarHandle(Parking.class, "waiting", Waiter.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** The stream, as the I/O thread handles it. */
    interface Stream {
        /** Returns the I/O thread. */
        XnioIoThread ioThread();

        /**
         * Starts to tell {@link Parking#ready}; false if the stream is over, and nothing would be
         * told.
         */
        boolean listen();

        /** Stops; does nothing if this does not listen. */
        void ignore();
    }

    /** A thread that waits. */
    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private volatile boolean woken;

        void wake() {
            woken = true;
            LockSupport.unpark(thread);
        }
    }

    // each request makes one, and few wait: so it is one small object, and asks nothing before
    private final Stream stream;
    private volatile @Nullable Waiter waiting;

    Parking(Stream stream) {
        this.stream = stream;
    }

    /** Whether a thread waits here now. */
    boolean isWaitedFor() {
        return waiting != null;
    }

    /**
     * Waits until the stream is ready or over.
     *
     * @param nanos the longest wait; 0: no end
     * @return false if the current thread cannot wait here: it is the I/O thread, or another one
     *     waits already
     * @throws InterruptedIOException if the thread is interrupted, which it stays: what XNIO does
     * @throws ClosedChannelException if the I/O thread has ended, and all its connections with it
     */
    boolean await(long nanos) throws IOException {
        Xnio.checkBlockingAllowed();
        Waiter waiter = new Waiter();
        if (waiter.thread.equals(stream.ioThread()) || !WAITING.compareAndSet(this, null, waiter)) {
            return false;
        }
        try {
            park(waiter, nanos);
        } finally {
            waiting = null;
        }
        return true;
    }

    private void park(Waiter waiter, long nanos) throws IOException {
        refuseIfInterrupted();
        if (!posted(() -> begin(waiter))) {
            throw new ClosedChannelException();
        }
        long start = System.nanoTime();
        while (!waiter.woken && !Thread.currentThread().isInterrupted()) {
            long left = nanos - (System.nanoTime() - start);
            if (nanos == 0) {
                LockSupport.park(this);
            } else if (left > 0) {
                LockSupport.parkNanos(this, left);
            } else {
                break;
            }
        }
        if (!waiter.woken) {
            leaveEarly(waiter);
        }
        refuseIfInterrupted();
    }

    private static void refuseIfInterrupted() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while waiting for the client");
        }
    }

    /**
     * Waits for the I/O thread to stop listening, however often this thread is interrupted
     * meanwhile.
     */
    private void leaveEarly(Waiter waiter) {
        boolean interrupted = false;
        boolean posted = posted(() -> end(waiter));
        while (posted && !waiter.woken && stream.ioThread().isAlive()) {
            interrupted |= Thread.interrupted();
            LockSupport.parkNanos(this, CHECK_NANOS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin(Waiter waiter) {
        if (!waiter.woken && !stream.listen()) {
            waiter.wake();
        }
    }

    private void end(Waiter waiter) {
        stream.ignore();
        waiter.wake();
    }

    /** The stream is ready; called by the I/O thread. */
    void ready() {
        stream.ignore();
        Waiter waiter = waiting;
        // Not at once: SslReadReadyHandler.readReady (Undertow 2.3.26) looks at its buffers once
        // more when its listener has returned, and fails if the woken thread has emptied them by
        // then.
        if (waiter != null && !posted(waiter::wake)) {
            waiter.wake();
        }
    }

    /**
     * The stream is over: a waiting thread finds out why when it tries again. Called by any thread.
     */
    void over() {
        Waiter waiter = waiting;
        if (waiter != null) {
            posted(stream::ignore);
            waiter.wake();
        }
    }

    /** A task for a waiting thread, run by the thread that has the loop of the I/O thread. */
    @FunctionalInterface
    interface Task extends Runnable {}

    /** False if the I/O thread takes no more tasks. */
    private boolean posted(Task task) {
        try {
            stream.ioThread().execute(task);
            return true;
        } catch (RejectedExecutionException ended) {
            return false;
        }
    }
}
