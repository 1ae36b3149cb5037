package dev.treadle.tomcat;

import dev.treadle.gate.Permit;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.RequestDispatcher;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.AsyncContextImpl;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;

import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One request that is inside, and how it is ended from outside.
 *
 * <p><b>Without a thread</b> (asynchronous): nothing but a thread that Tomcat runs for the request
 * may touch it, because the objects are used again for the next one. So the end only makes the
 * asynchronous timeout as short as can be, a volatile write; Tomcat looks at timeouts once a
 * second, and calls {@link #onTimeout} on a thread of its own, where the answer is written.
 *
 * <p><b>Never the next request.</b> {@code completed} is set under the lock of the {@link Exchange}
 * before Tomcat uses its objects again, and what ends a request holds it. A caller of {@code
 * onComplete} holds a lock of Tomcat's and then takes that one; a thread that holds it waits for no
 * lock of Tomcat's ({@code ASYNC_SETTIMEOUT} writes a volatile, AbstractProcessor 10.1.55 and
 * 11.0.25): there is no circle.
 */
final class AdmittedRequest implements AsyncListener, Permit.Ending {
    private static final long AT_ONCE_MILLIS = 1;

    private final Permit permit;
    private final Exchange exchange;
    private final Request request;
    private final Response response;

    private volatile boolean inputEnded; // no more of the body: reads fail
    private volatile boolean inputFailed; // the application has seen that
    private volatile boolean cut; // the rest of the answer does not go out

    // of the thread that ends waits
    private long writtenAtLook = -1; // less than 0: no thread wrote then
    private int looksWithoutProgress; // in a row

    private volatile @Nullable AsyncContextImpl context; // one for all cycles; null: never async
    private boolean completed; // under the lock of the exchange: Tomcat has ended the last cycle
    private final AtomicBoolean answered = new AtomicBoolean();

    AdmittedRequest(Permit permit, Exchange exchange, Request request, Response response) {
        this.permit = permit;
        this.exchange = exchange;
        this.request = request;
        this.response = response;
    }

    /** Returns the request that is inside; null if this one has not come through the gate. */
    static @Nullable AdmittedRequest of(Request request) {
        Exchange exchange = Exchange.of(request.getCoyoteRequest());
        return exchange == null ? null : exchange.current();
    }

    Permit permit() {
        return permit;
    }

    /** Whether the application has read from a body that was ended under it. */
    boolean hasInputFailed() {
        return inputFailed;
    }

    /** Whether the body was ended. */
    boolean isInputEnded() {
        return inputEnded;
    }

    boolean isCut() {
        return cut;
    }

    /** The application reads. */
    void requireInput() throws InterruptedIOException {
        if (inputEnded) {
            inputFailed();
            throw new InterruptedIOException("the request was interrupted, and its body ended");
        }
    }

    /** A read has failed: if by an interrupt, a part of an answer must not look whole. */
    void inputFailed() {
        if (permit.interrupted()) {
            inputFailed = true;
            cut = cut || response.getCoyoteResponse().isCommitted();
        }
    }

    /**
     * Whether Tomcat forgets this asynchronous request: one whose servlet threw after startAsync,
     * in its first run or in one after a dispatch, and that no listener has completed or
     * dispatched. There Tomcat 10.1.55 and 11.0.25 fail themselves ("Calling [asyncPostProcess()]
     * is not valid for a request with Async state [MUST_ERROR]"), and no listener is called for
     * that request again.
     */
    boolean isLost() {
        return (context == null || response.isError())
                && request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) != null
                && !request.isAsyncCompleting()
                && !request.isAsyncDispatching();
    }

    /** The request goes on without a thread; called after each of its threads. */
    void goesOn() {
        if (context == null) {
            // From here on Tomcat calls onComplete for every outcome of the request, and not before
            // this thread has left the processor (AsyncStateMachine). So the listener is not too
            // late.
            AsyncContextImpl started = request.getAsyncContextInternal();
            started.addListener(this);
            context = started;
            if (exchange.isEventStream(request::getAttribute)) {
                permit.becomesStream(); // if refused, it is ended soon
            }
            permit.goesAsync();
        }
    }

    @Override
    public boolean interrupt(Thread running) {
        exchange.interrupt(running);
        return true;
    }

    @Override
    public boolean waitsForClient() {
        boolean waits = exchange.reads() || exchange.writes();
        if (!waits) {
            writtenAtLook = -1;
        }
        return waits;
    }

    /**
     * A read is ended at once, for there is nothing more to come of it. A write may be a quick
     * write of the answer, or may wait for a client that reads slowly. It counts as a wait when
     * three looks in a row see one, and no byte was sent from the first look to the last. A socket
     * takes more only when a good part of its buffer is free, so one pause means nothing.
     */
    @Override
    public void endWait() {
        exchange.whileInside(
                this,
                () -> {
                    if (exchange.reads() || (exchange.writes() && isStuckInWrite())) {
                        inputEnded = true;
                        cut = cut || response.getCoyoteResponse().isCommitted();
                        exchange.endWaits(cut);
                    }
                });
    }

    private boolean isStuckInWrite() {
        long before = writtenAtLook;
        writtenAtLook = exchange.written();
        looksWithoutProgress = before == writtenAtLook ? looksWithoutProgress + 1 : 0;
        return looksWithoutProgress > 1;
    }

    @Override
    public void end() {
        if (exchange.isRecycled()) {
            exchange.over(this);
            return;
        }
        exchange.whileInside(
                this,
                () -> {
                    AsyncContextImpl async = context;
                    if (async != null && !completed) {
                        timeOutNow(async);
                    }
                });
    }

    private static void timeOutNow(AsyncContextImpl async) {
        try {
            // what is set already is not set again: a timeout that is under way would come twice
            if (async.getTimeout() != AT_ONCE_MILLIS) {
                async.setTimeout(AT_ONCE_MILLIS);
            }
        } catch (IllegalStateException | NullPointerException recycled) {
            // it has ended, and in a way of which Tomcat tells no listener
        }
    }

    @Override
    public void abandon() {
        if (exchange.isRecycled()) {
            exchange.over(this);
            return;
        }
        exchange.whileInside(
                this,
                () -> {
                    if (!completed) {
                        exchange.fail();
                    }
                });
    }

    /**
     * Answers in place of the application, or closes the connection if that has begun to answer;
     * once. Called on a thread that Tomcat runs for the request, or on one of the application's
     * that begins to answer.
     */
    void answer() {
        if (answered.compareAndSet(false, true)) {
            permit.forgetInterrupt();
            OwnAnswer.writePast(response, permit.answer());
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        AsyncContextImpl async = context;
        if (async == null || !permit.interrupted()) {
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
            async.complete();
        }
    }

    /**
     * Tomcat has ended the last cycle. It calls further listeners now, finishes the response, and
     * comes back from the {@link GatedAdapter}, where the place is given back. Only a connector
     * that was added to a running server has none.
     */
    @Override
    public void onComplete(AsyncEvent event) {
        exchange.whileInside(this, () -> completed = true);
        if (!GatedAdapter.serves(request)) {
            GateValve.finish(response);
            exchange.over(this);
        }
    }

    /**
     * A dispatch that starts asynchronous work again clears the listeners of the cycle before
     * (Servlet 6.0, 9.6).
     */
    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }

    @Override
    public void onError(AsyncEvent event) {
        // onComplete follows
    }
}
