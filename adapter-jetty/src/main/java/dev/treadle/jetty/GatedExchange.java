package dev.treadle.jetty;

import dev.treadle.Gate;
import dev.treadle.Permit;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Attributes;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The response and the callback of an admitted request, between Jetty and the application.
 *
 * <ul>
 *   <li>If the request was interrupted (harakiri, or past the grace of a stop) and the application
 *       fails of it, the answer is 503: the failure is the server's doing, and another try may
 *       succeed. A servlet context turns the failure into its error page by itself, before the gate
 *       sees anything; so the 500 is caught here, at its first byte.
 *   <li>From the first moment of a stop answers close their connection.
 *   <li>A request that is overdue while no thread runs for it is ended from here.
 * </ul>
 *
 * <p><b>How such a request is ended.</b> At first it is failed, as Jetty does when a client is
 * gone: the listeners of the application hear of it. But a servlet context without an AsyncListener
 * ignores that (ServletChannelState.onError, 12.0.36 and 12.1.12). So at the next attempt but one
 * this takes the response away from the application: what that writes or completes from then on is
 * refused here.
 *
 * <p><b>Who owns what.</b> {@code owner} goes from nobody to the application with its first write,
 * or to the gate; {@code done} once to true, by the application that completes or the gate that
 * takes over; both are written under the lock of this. An end runs under {@code alive}, which is
 * made before there can be one, and looks at {@code over} under it. The completion listener of the
 * request sets {@code over}, and takes {@code alive} after that, if there is one: so no end runs
 * when it returns, and Jetty goes on to the next request of the connection.
 *
 * <p><b>Never the next request.</b> Servlet contexts keep their ServletChannel, and with it the
 * output stream the application has in hand, in the cache of the connection, for the next request.
 * Of an interrupted request nothing is kept.
 */
final class GatedExchange extends Response.Wrapper implements Callback, Permit.Ending {
    private enum Owner {
        NOBODY,
        APPLICATION,
        GATE
    }

    /** What the application and Jetty hear of it. */
    private static final class RequestInterruptedException extends Exception
            implements QuietException {
        private static final long serialVersionUID = 1L;

        RequestInterruptedException() {
            super("the request ran longer than allowed", null, false, false);
        }
    }

    private final Permit permit;
    private final Gate gate;
    private final Callback callback;
    private final Executor executor;
    private final Attributes cache;
    private volatile boolean over;
    private volatile @Nullable ReentrantLock alive; // none for most requests: made by goesAsync
    private @Nullable HttpChannel channel; // written before goesAsync
    private int attempts; // of whoever ends, one at a time

    // written under the lock of this
    private volatile Owner owner = Owner.NOBODY;
    private boolean done; // guarded by this

    // Jetty calls write once at a time, each after the callback of the one before
    private boolean replaced;

    GatedExchange(
            Request request,
            Response response,
            Callback callback,
            Permit permit,
            Gate gate,
            Executor executor) {
        super(request, response);
        this.callback = callback;
        this.permit = permit;
        this.gate = gate;
        this.executor = executor;
        this.cache = request.getComponents().getCache();
        permit.endedBy(this);
    }

    @Override
    public void write(boolean last, ByteBuffer content, Callback written) {
        if (isTaken()) {
            written.failed(new EofException("the answer is the gate's: the request was overdue"));
        } else if (replaced) {
            written.succeeded();
        } else if (isCommitted()) {
            super.write(last, content, written);
        } else if (getStatus() == HttpStatus.INTERNAL_SERVER_ERROR_500 && permit.interrupted()) {
            replaced = true;
            permit.forgetInterrupt();
            OwnAnswer.insteadOfTheApplication(
                    gate.answerInterrupted(), getRequest(), getWrapped(), written);
        } else {
            closeIfStopping();
            super.write(last, content, written);
        }
    }

    private boolean isTaken() {
        if (owner == Owner.NOBODY) {
            synchronized (this) {
                owner = owner == Owner.NOBODY ? Owner.APPLICATION : owner;
            }
        }
        return isGates();
    }

    private boolean isGates() {
        return owner == Owner.GATE;
    }

    /** HTTP/2 has no such header (RFC 9113, 8.2.2). */
    private void closeIfStopping() {
        if (!gate.ready()
                && getStatus() != HttpStatus.SWITCHING_PROTOCOLS_101
                && getRequest().getConnectionMetaData().getHttpVersion().getVersion()
                        < HttpVersion.HTTP_2.getVersion()) {
            getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        }
    }

    /** What the application does to an answer that is the gate's goes nowhere. */
    @Override
    public HttpFields.Mutable getHeaders() {
        return isGates() ? HttpFields.build() : super.getHeaders();
    }

    @Override
    public void setStatus(int code) {
        if (!isGates()) {
            super.setStatus(code);
        }
    }

    @Override
    public void reset() {
        if (!isGates()) {
            super.reset();
        }
    }

    @Override
    public void succeeded() {
        if (isFirstToComplete()) {
            if (!isCommitted()) {
                closeIfStopping();
            }
            callback.succeeded();
        }
    }

    @Override
    public void failed(Throwable failure) {
        if (permit.interrupted() && owner == Owner.NOBODY) {
            // else Jetty makes an error page of it, past this response
            permit.forgetInterrupt();
            takeOver();
        } else if (isFirstToComplete()) {
            callback.failed(failure);
        }
    }

    /** Jetty completes the request itself: what the application does from now on has no effect. */
    synchronized void disown() {
        done = true;
    }

    private synchronized boolean isFirstToComplete() {
        boolean first = !done;
        done = true;
        return first;
    }

    @Override
    public InvocationType getInvocationType() {
        return callback.getInvocationType();
    }

    /**
     * The handlers have returned, and the request may not be complete: it can be ended from here.
     */
    void goesAsync() {
        synchronized (this) {
            if (done) {
                return;
            }
        }
        try {
            channel = HttpChannel.from(getRequest());
        } catch (IllegalStateException | NullPointerException complete) {
            return;
        }
        alive = new ReentrantLock();
        permit.goesAsync();
    }

    @Override
    public void end() {
        int attempt = ++attempts;
        if (attempt == 2) {
            return; // time for the application to end what the first attempt has told it to
        }
        try {
            executor.execute(() -> endNow(attempt == 1));
        } catch (RejectedExecutionException closed) {
            // the workers are closed: the container ends the connection
        }
    }

    private void endNow(boolean ask) {
        ReentrantLock lock = alive;
        if (lock == null || !lock.tryLock()) {
            return; // the attempt before still runs the application's listeners
        }
        try {
            if (!over) {
                if (ask) {
                    fail();
                } else {
                    takeOver();
                }
            }
        } catch (IllegalStateException | NullPointerException complete) {
            // it has become so in this moment
        } finally {
            lock.unlock();
        }
    }

    private void fail() {
        HttpChannel failed = channel;
        Runnable told = failed == null ? null : failed.onFailure(new RequestInterruptedException());
        if (told != null) {
            permit.enterThread(); // it runs listeners of the application
            try {
                told.run();
            } finally {
                permit.leaveThread();
            }
        }
    }

    /**
     * Answers in place of the application, or ends the answer that has begun, unless it is over.
     */
    void takeOver() {
        boolean unanswered;
        synchronized (this) {
            if (done) {
                return;
            }
            done = true;
            unanswered = owner == Owner.NOBODY;
            owner = Owner.GATE;
        }
        if (unanswered) {
            OwnAnswer.insteadOfTheApplication(
                    gate.answerInterrupted(), getRequest(), getWrapped(), callback);
        } else {
            callback.failed(new RequestInterruptedException());
        }
    }

    /** The request is complete; Jetty does nothing with its connection until this returns. */
    void completed() {
        over = true;
        ReentrantLock lock = alive;
        if (lock == null) {
            keepNothingOfInterrupted();
        } else {
            lock.lock(); // whoever ends the request now is to be through with it
            try {
                keepNothingOfInterrupted();
            } finally {
                lock.unlock();
            }
        }
        permit.release();
    }

    private void keepNothingOfInterrupted() {
        if (permit.interrupted()) {
            cache.clearAttributes();
        }
    }
}
