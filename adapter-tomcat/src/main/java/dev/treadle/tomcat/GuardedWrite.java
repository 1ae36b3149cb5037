package dev.treadle.tomcat;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A write of a request to its client, and the interrupts that have to wait for its end. A write on
 * an interrupted thread closes the connection (AbstractInterruptibleChannel), and on HTTP/2 so ends
 * all streams: SocketWrapperBase.vectoredOperation fails with an InterruptedException (10.1.55 and
 * 11.0.25).
 *
 * <p><b>Invariant</b>: on HTTP/2 a thread is interrupted under the lock of the exchange, and not
 * while it is the thread of this. On HTTP/1.1 an interrupt that comes during a write harms this
 * request alone.
 */
final class GuardedWrite {
    private final ReentrantLock alive;
    private final boolean frames; // of HTTP/2
    private volatile @Nullable Thread thread; // cleared under alive
    private @Nullable ByteBuffer content; // written before thread, and cleared under alive
    private boolean interruptAfter; // under alive

    /**
     * Makes one that is not under way.
     *
     * @param alive the lock of the exchange
     * @param frames whether it writes frames of HTTP/2
     */
    GuardedWrite(ReentrantLock alive, boolean frames) {
        this.alive = alive;
        this.frames = frames;
    }

    /** Returns the thread that writes now; null: none. On any thread. */
    @Nullable Thread thread() {
        return thread;
    }

    /** Returns how much of the content has been taken; 0 without content. Under {@code alive}. */
    int taken() {
        ByteBuffer now = content;
        return now == null ? 0 : now.position();
    }

    /**
     * The calling thread writes from now on, and is not interrupted after this.
     *
     * @param written what it writes; null: not known, or not of the answer
     */
    Turn begin(@Nullable ByteBuffer written) {
        Turn turn = new Turn(Thread.currentThread().equals(thread));
        if (written != null) {
            content = written;
        }
        if (!frames) {
            thread = Thread.currentThread();
            turn.interrupted = Thread.interrupted();
            return turn;
        }
        alive.lock();
        try {
            thread = Thread.currentThread();
            turn.interrupted = Thread.interrupted();
        } finally {
            alive.unlock();
        }
        return turn;
    }

    /**
     * Has the interrupt wait if the thread is writing frames. Under {@code alive}.
     *
     * @return whether it waits
     */
    boolean defers(Thread interrupted) {
        if (frames && interrupted.equals(thread)) {
            interruptAfter = true;
            return true;
        }
        return false;
    }

    /** One write, maybe within another of the same thread. */
    final class Turn {
        private final boolean inner; // within another of the same thread
        private boolean interrupted; // before it began

        private Turn(boolean inner) {
            this.inner = inner;
        }

        /** The write is over. The interrupts that have waited come now. */
        void end() {
            boolean interruptNow = interrupted;
            alive.lock();
            try {
                content = null;
                if (!inner) {
                    thread = null;
                    interruptNow |= interruptAfter;
                    interruptAfter = false;
                }
            } finally {
                alive.unlock();
            }
            if (interruptNow) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
