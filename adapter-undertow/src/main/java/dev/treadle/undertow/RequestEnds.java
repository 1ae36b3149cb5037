package dev.treadle.undertow;

import io.undertow.server.ExchangeCompletionListener.NextListener;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The ends of one request, which come in any order and from any thread: the run of the root handler
 * returns, the response is complete, the exchange is complete. The last implies the second; it
 * comes late, or never, if a client does not send the rest of its body.
 *
 * <p><b>Protocol.</b> Each end sets its bit in {@code ends} by one atomic operation. The thread
 * that sets the second of {@link #RUN} and {@link #RESPONSE} calls {@link #release}, and sets
 * {@link #RELEASED} when that has returned. The thread that sets the second of {@link #RELEASED}
 * and {@link #COMPLETE} lets the connection go on to its next request. So the place is given back
 * once, and always before the next request of its connection. This matters with N of 1 and no
 * queue: the next request must not find the place of its predecessor still taken.
 */
abstract class RequestEnds {
    private static final int RUN = 1;
    private static final int RESPONSE = 2;
    private static final int COMPLETE = 4;
    private static final int RELEASED = 8;

    private static final VarHandle ENDS;

    static {
        try {
            ENDS = MethodHandles.lookup().findVarHandle(RequestEnds.class, "ends", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @SuppressWarnings("unused") // through ENDS
    private volatile int ends;

    /** Written before {@link #COMPLETE} is set, and read by a thread that has seen that bit. */
    private @Nullable NextListener next;

    /** Gives the place back. */
    abstract void release();

    /** The place was given back, and the exchange is not complete: the request has more to come. */
    abstract void isNotRead();

    /** The run has returned. */
    final void runEnded() {
        ended(RUN);
    }

    /** The response is complete; calling it again is harmless. */
    final void responseEnded() {
        ended(RESPONSE);
    }

    /**
     * The exchange is complete; to be called once.
     *
     * @param goOn lets the connection go on
     */
    final void exchangeEnded(NextListener goOn) {
        next = goOn;
        ended(RESPONSE | COMPLETE);
    }

    private void ended(int now) {
        int before = (int) ENDS.getAndBitwiseOr(this, now);
        int after = before | now;
        if (isOver(after) && !isOver(before)) {
            try {
                release();
            } finally {
                int seen = (int) ENDS.getAndBitwiseOr(this, RELEASED);
                if ((seen & COMPLETE) != 0) {
                    goOn();
                } else {
                    isNotRead();
                }
            }
        } else if ((now & COMPLETE) != 0 && (before & RELEASED) != 0) {
            goOn();
        }
    }

    private static boolean isOver(int ends) {
        return (ends & (RUN | RESPONSE)) == (RUN | RESPONSE);
    }

    private void goOn() {
        NextListener listener = next;
        if (listener != null) {
            listener.proceed();
        }
    }
}
