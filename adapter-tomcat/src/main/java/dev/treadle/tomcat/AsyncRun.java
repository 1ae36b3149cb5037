package dev.treadle.tomcat;

import dev.treadle.Gate;
import dev.treadle.Permit;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.AsyncContextImpl;
import org.apache.coyote.ActionCode;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The asynchronous cycles of one request: gives the permit back at the end of the last one, and
 * ends the request from outside if it is overdue.
 *
 * <p><b>How it is ended.</b> Nothing but a thread that Tomcat runs for the request may touch it:
 * the objects are used again for the next one. So the end only makes the asynchronous timeout as
 * short as can be, a volatile write; Tomcat looks at timeouts once a second, and calls {@link
 * #onTimeout} on a thread of its own, where the answer is written.
 *
 * <p><b>Never the next request.</b> {@code over} is set under {@code alive} before Tomcat uses its
 * objects again, and the timeout is set under {@code alive} only while it is not over. Whoever
 * calls {@code onComplete} holds a lock of Tomcat's and then takes {@code alive}; whoever holds
 * {@code alive} takes no lock of Tomcat's ({@code ASYNC_SETTIMEOUT} writes a volatile,
 * AbstractProcessor 10.1.55 and 11.0.25): there is no circle.
 */
final class AsyncRun implements AsyncListener, Permit.Ending {
    private static final long AT_ONCE_MILLIS = 1;

    private final Permit permit;
    private final Gate gate;
    private final Request request;
    private final Response response;
    private final AsyncContextImpl context; // one for all cycles of a request
    private final boolean threw;
    private final ReentrantLock alive = new ReentrantLock();
    private boolean over; // guarded by alive
    private boolean answered; // of the threads that Tomcat runs for the request

    /**
     * @param threw whether the servlet has thrown after it began the asynchronous work
     */
    AsyncRun(Permit permit, Gate gate, Request request, Response response, boolean threw) {
        this.permit = permit;
        this.gate = gate;
        this.request = request;
        this.response = response;
        this.context = request.getAsyncContextInternal();
        this.threw = threw;
    }

    @Override
    public void end() {
        alive.lock();
        try {
            // what is set already is not set again: a timeout that is under way would come twice
            if (!over && context.getTimeout() != AT_ONCE_MILLIS) {
                context.setTimeout(AT_ONCE_MILLIS);
            }
        } catch (IllegalStateException | NullPointerException recycled) {
            // it has ended, and in a way of which Tomcat tells no listener
        } finally {
            alive.unlock();
        }
    }

    private void over() {
        alive.lock();
        try {
            over = true;
        } finally {
            alive.unlock();
        }
    }

    /**
     * Answers in place of the application, or closes the connection if that has begun to answer;
     * once. Called on a thread that Tomcat runs for the request.
     */
    void answer() {
        if (!answered) {
            answered = true;
            OwnAnswer.writePast(response, gate.answerInterrupted());
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        if (!permit.interrupted()) {
            return; // the application's own: onComplete follows
        }
        answer();
        // Listeners of the application came first. One may have ended it, or dispatched: that comes
        // to the valve, and goes no further.
        AtomicBoolean timingOut = new AtomicBoolean();
        AtomicBoolean error = new AtomicBoolean();
        request.getCoyoteRequest().action(ActionCode.ASYNC_IS_TIMINGOUT, timingOut);
        request.getCoyoteRequest().action(ActionCode.ASYNC_IS_ERROR, error);
        if (timingOut.get() || error.get()) {
            context.complete();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        over();
        GateValve.finish(response);
        permit.release();
    }

    /**
     * A dispatch that starts asynchronous work again clears the listeners of the cycle before
     * (Servlet 6.0, 9.6).
     */
    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }

    /**
     * onComplete follows, but for a servlet that threw after startAsync: there Tomcat 10.1.55 and
     * 11.0.25 call onError and then fail themselves ("Calling [asyncPostProcess()] is not valid for
     * a request with Async state [MUST_ERROR]"), and no listener hears of that request again.
     */
    @Override
    public void onError(AsyncEvent event) {
        if (threw) {
            over();
            permit.release();
        }
    }
}
