package dev.treadle.jetty;

import dev.treadle.gate.EventStreams;
import dev.treadle.gate.Gate;
import dev.treadle.gate.Permit;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MultiPartFormData;
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
 *   <li>An answer that is an event stream leaves its place of the N with its first bytes. If there
 *       are too many streams, the answer is 503 instead.
 *   <li>From the first moment of a stop answers close their connection.
 *   <li>A request that is overdue while no thread runs for it is ended from here, and so is one
 *       whose client has left.
 *   <li>A wait for the client that no interrupt ends, as for the rest of a form, is ended from
 *       here.
 * </ul>
 *
 * <p><b>How such a request is ended.</b> At first it is failed, as Jetty does when a client is
 * gone: the listeners of the application are told of it. But a servlet context without an
 * AsyncListener ignores that (ServletChannelState.onError, 12.0.36 and 12.1.12). So at the next
 * attempt but one this takes the response away from the application: what that writes or completes
 * from then on is refused here. A request whose client has left is ended in the same two steps,
 * without an answer.
 *
 * <p><b>How a wait is ended.</b> The request is failed as well. Jetty then lets the pending read or
 * write fail, and with it the future of a form or a multipart body; later reads fail too. An answer
 * that has not begun can still be written.
 *
 * <p><b>Ownership.</b> {@code owner} goes from {@code NOBODY} to the application with its first
 * write, or to the gate; {@code done} changes once to true, when the application completes or the
 * gate takes over. Both are written under the lock of this. An end runs under {@code alive}, which
 * the first end makes, and looks at {@code over} under it. The completion listener of the request
 * sets {@code over}, and after that takes {@code alive}, if there is one. Both are volatile, so of
 * the two one sees the other: no end runs when the listener returns, and Jetty goes on to the next
 * request of the connection.
 *
 * <p><b>Never the next request.</b> Servlet contexts keep their ServletChannel, and with it the
 * output stream that the application holds, in the cache of the connection, for the next request.
 * Of an interrupted request nothing is kept.
 */
final class GatedExchange extends Response.Wrapper implements Callback, Permit.Ending {
    private enum Owner {
        NOBODY,
        APPLICATION,
        GATE
    }

    /** The exception that the application and Jetty get when the request is ended. */
    private static final class RequestInterruptedException extends Exception
            implements QuietException {
        private static final long serialVersionUID = 1L;

        RequestInterruptedException(Permit permit) {
            super(
                    permit.isRefused()
                            ? "too many event streams"
                            : "the request ran longer than allowed",
                    null,
                    false,
                    false);
        }
    }

    /** The application is told that its client has left. Jetty writes no error page for it. */
    private static final class ClientLeftException extends Request.Handler.AbortException
            implements QuietException {
        private static final long serialVersionUID = 1L;

        ClientLeftException() {
            super(new EofException("the client has left"));
        }
    }

    private final GatedRequest request;
    private final Permit permit;
    private final Gate gate;
    private final Callback callback;
    private final Executor executor;
    private final Attributes cache;
    private volatile boolean over;
    private volatile @Nullable ReentrantLock alive; // none for most requests
    private int attempts; // of the thread that ends it, one at a time
    private int abandonments; // the same
    private volatile boolean waitEnded;

    // written under the lock of this
    private volatile Owner owner = Owner.NOBODY;
    private boolean done; // guarded by this

    // Jetty calls write once at a time, each after the callback of the one before
    private boolean replaced;
    private final Written whenWritten = new Written();
    private volatile @Nullable Callback writing; // null if no write is under way
    private @Nullable Thread writer; // of the write that is under way; written before writing

    /** See {@link #interrupt}; written by threads that interrupt. */
    private volatile boolean struck;

    private volatile boolean owesInterrupt;

    GatedExchange(
            GatedRequest request,
            Response response,
            Callback callback,
            Permit permit,
            Gate gate,
            Executor executor) {
        super(request, response);
        this.request = request;
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
            if (last && isBodyAbandoned()) {
                // the application has made nothing of the failure: the answer must not look whole
                written.failed(new RequestInterruptedException(permit));
            } else {
                pass(last, content, written);
            }
        } else if (isFailureOfTheInterrupt()) {
            replaced = true;
            permit.forgetInterrupt();
            OwnAnswer.insteadOfTheApplication(permit.answer(), getRequest(), getWrapped(), written);
        } else if (!last && isEventStream() && !permit.becomesStream()) {
            refuse(written);
        } else {
            closeIfStopping();
            pass(last, content, written);
        }
    }

    /** Whether the answer is an event stream, and without an end that is known. */
    private boolean isEventStream() {
        HttpFields headers = getWrapped().getHeaders();
        return EventStreams.isType(headers.get(HttpHeader.CONTENT_TYPE))
                && !headers.contains(HttpHeader.CONTENT_LENGTH);
    }

    /**
     * Answers in place of an application whose answer would be one event stream too many. Writes of
     * the application then fail, as if the client had left.
     */
    private void refuse(Callback written) {
        boolean first;
        synchronized (this) {
            first = !done;
            done = true;
            owner = Owner.GATE;
        }
        if (first) {
            forgetBrokenParts();
            OwnAnswer.insteadOfTheApplication(
                    permit.answer(), getRequest(), getWrapped(), callback);
        }
        written.failed(new EofException("too many event streams"));
    }

    private void pass(boolean last, ByteBuffer content, Callback written) {
        if (writing == null) {
            writer = Thread.currentThread();
            writing = written;
            super.write(last, struck ? copyOf(content) : content, whenWritten);
        } else {
            super.write(last, content, written); // Jetty refuses a second write at a time
        }
    }

    private static ByteBuffer copyOf(ByteBuffer content) {
        return ByteBuffer.allocate(content.remaining()).put(content).flip();
    }

    /**
     * Interrupts a thread of the request, unless it is in a write. A thread that waits for a write
     * leaves it at once when it is interrupted, and its request ends while the write is still under
     * way: Jetty then gives the buffer of the write to other requests, and the connection sends
     * their bytes (HttpOutput.completed, 12.0.36 and 12.1.12). On HTTP/2 the frames of all streams
     * are corrupt from there on. So the write is ended first, as Jetty does for a client that has
     * left: that waits until the buffer is free.
     *
     * <p>Of this and {@link #pass}, which may begin a write at the same time, one sees the other.
     * Either {@code writing} is seen here, or {@code struck} is seen there, and the write gets a
     * buffer of its own.
     */
    @Override
    public boolean interrupt(Thread running) {
        struck = true;
        if (isWriter(running)) {
            owesInterrupt = true;
            if (isWriter(running)) {
                return false; // the end of the write sees what is owed
            }
        }
        running.interrupt();
        return true;
    }

    private boolean isWriter(Thread running) {
        return writing != null && running.equals(writer);
    }

    /** The callback of every write: there is one write at a time. */
    private final class Written implements Callback {
        @Override
        public void succeeded() {
            Callback ended = take();
            if (owesInterrupt) {
                owesInterrupt = false;
                permit.insist(); // a thread that writes on and on is not in a wait
            }
            if (ended != null) {
                RequestRun.tell(permit, ended::succeeded);
            }
        }

        @Override
        public void failed(Throwable failure) {
            Callback ended = take();
            if (ended != null) {
                RequestRun.tell(permit, () -> ended.failed(failure));
            }
        }

        private @Nullable Callback take() {
            Callback ended = writing;
            writing = null; // first: the callback may write again
            return ended;
        }

        @Override
        public InvocationType getInvocationType() {
            Callback waiting = writing;
            return waiting == null ? InvocationType.BLOCKING : waiting.getInvocationType();
        }
    }

    /**
     * Whether what the application is about to say is that it has failed of its interrupt. A body
     * whose wait was ended can have any error: a form that cannot be read is a bad request to
     * Jetty.
     */
    private boolean isFailureOfTheInterrupt() {
        int status = getStatus();
        return (status == HttpStatus.INTERNAL_SERVER_ERROR_500
                        || (waitEnded && status >= HttpStatus.BAD_REQUEST_400)
                        || permit.interruptHeldBack())
                && permit.interrupted();
    }

    /** Whether the interrupt has ended a read: of that Jetty sees that its demand is not met. */
    private boolean isBodyAbandoned() {
        return (waitEnded || request.waitsForContent()) && permit.interrupted();
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

    /** Changes by the application to the gate's own answer have no effect. */
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
                callback.succeeded();
            } else if (isBodyAbandoned() && !getWrapped().hasLastWrite()) {
                callback.failed(new RequestInterruptedException(permit));
            } else {
                callback.succeeded();
            }
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

    /** Jetty completes the request itself: later calls of the application have no effect. */
    void disown() {
        synchronized (this) {
            done = true;
        }
        forgetBrokenParts();
    }

    private boolean isFirstToComplete() {
        boolean first;
        synchronized (this) {
            first = !done;
            done = true;
        }
        if (first) {
            forgetBrokenParts();
        }
        return first;
    }

    /**
     * Otherwise Jetty joins the parts to delete their files, and throws past the end of the request
     * (HttpChannelState.completeStream, 12.0.36): their parser has failed, and has deleted them.
     */
    private void forgetBrokenParts() {
        if (waitEnded) {
            request.removeAttribute(MultiPartFormData.class.getName());
        }
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
        if (willBeEventStream()) {
            permit.becomesStream(); // if refused, it is ended soon
        }
        permit.goesAsync();
    }

    /** Other threads may complete the request, or write its headers, at this very moment. */
    private boolean willBeEventStream() {
        try {
            return !isCommitted()
                    && (isEventStream() || EventStreams.isAnnounced(request::getAttribute));
        } catch (RuntimeException isComplete) {
            return false; // or its first bytes tell
        }
    }

    @Override
    public void end() {
        int attempt = ++attempts;
        if (attempt == 2) {
            return; // time for the application to end what the first attempt has told it to
        }
        runEnd(() -> {
            if (attempt == 1) {
                fail(new RequestInterruptedException(permit), false);
            } else {
                takeOver();
            }
        });
    }

    /** As Jetty does when it sees it itself; the listeners of the application get their second. */
    @Override
    public void abandon() {
        if (getWrapped().hasLastWrite()) {
            return; // its client has the whole answer; the application will complete it
        }
        int attempt = ++abandonments;
        runEnd(() -> {
            if (attempt == 1) {
                fail(new EofException("the client has left"), true);
            } else {
                abort();
            }
        });
    }

    private void runEnd(Runnable end) {
        try {
            executor.execute(() -> whileAlive(end));
        } catch (RejectedExecutionException closed) {
            // Jetty's own tasks are rejected like this one, so it may never complete the request;
            // it has closed the connection
            permit.release();
        }
    }

    @Override
    public boolean waitsForClient() {
        return request.waitsForContent() || writing != null;
    }

    /**
     * On a thread of its own, not on the workers: all of their threads may wait like this one. It
     * runs code of Jetty that lets the wait end, and none of the application.
     */
    @Override
    public void endWait() {
        Thread.ofVirtual()
                .name("treadle-jetty-wait")
                .start(() ->
                        whileAlive(() -> {
                            if (waitsForClient()) {
                                waitEnded = true;
                                fail(new RequestInterruptedException(permit), false);
                            }
                        }));
    }

    private void whileAlive(Runnable end) {
        ReentrantLock lock = alive();
        if (!lock.tryLock()) {
            return; // the attempt before still runs the application's listeners
        }
        try {
            if (!over) {
                end.run();
            }
        } catch (IllegalStateException | NullPointerException complete) {
            // it has become so in this moment
        } finally {
            lock.unlock();
        }
    }

    private ReentrantLock alive() {
        ReentrantLock lock = alive;
        if (lock == null) {
            synchronized (this) {
                lock = alive;
                if (lock == null) {
                    lock = new ReentrantLock();
                    alive = lock;
                }
            }
        }
        return lock;
    }

    private void fail(Throwable failure, boolean remote) {
        HttpChannel channel = HttpChannel.from(request);
        Runnable told = remote ? channel.onRemoteFailure(failure) : channel.onFailure(failure);
        if (told != null) {
            told.run();
        }
    }

    /** Ends the request without an answer: no client would read it. */
    private void abort() {
        if (isFirstToComplete()) {
            synchronized (this) {
                owner = Owner.GATE;
            }
            callback.failed(new ClientLeftException());
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
        forgetBrokenParts();
        if (unanswered) {
            OwnAnswer.insteadOfTheApplication(
                    permit.answer(), getRequest(), getWrapped(), callback);
        } else {
            callback.failed(new RequestInterruptedException(permit));
        }
    }

    /** The request is complete; Jetty does nothing with its connection until this returns. */
    void completed() {
        over = true;
        ReentrantLock lock = alive;
        if (lock == null) {
            keepNothingOfInterrupted();
        } else {
            lock.lock(); // waits for a thread that is ending the request now
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
