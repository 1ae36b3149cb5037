package dev.treadle.undertow;

import dev.treadle.gate.EventStreams;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.Permit;

import io.undertow.server.Connectors;
import io.undertow.server.DefaultResponseListener;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http2.Http2ServerConnection;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;

import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * A request inside. Its permit goes back when two things are over, in either order ({@link
 * RequestEnds}):
 *
 * <ul>
 *   <li>the response is complete, or given up. That covers asynchronous requests, any exception,
 *       and a client that left; an exchange that is upgraded to a WebSocket is complete with its
 *       101. The unread rest of the request's body then holds no place ({@link RestOfBody});
 *   <li>the run of the root handler has returned: it may go on after the answer, or after an HTTP/2
 *       client reset its stream.
 * </ul>
 */
final class AdmittedRequest extends RequestEnds
        implements Runnable,
                Executor,
                HttpHandler,
                DefaultResponseListener,
                ExchangeCompletionListener,
                Permit.Ending {
    private static final AttachmentKey<AdmittedRequest> KEY =
            AttachmentKey.create(AdmittedRequest.class);

    private static final boolean HAS_SERVLETS = hasServlets();

    /** More than it takes: the first is made on a thread that may have to wait for its turn. */
    private static final int MOST_SERVLET_ATTEMPTS = 5;

    /** A run of the application. */
    interface Run<T> {
        /** Runs it. */
        T run() throws Exception;
    }

    private final HttpServerExchange exchange;
    private final Permit permit;
    private final GateHandler handler;

    private final ClientWaits waits;
    private volatile @Nullable Thread firstRun;
    private volatile boolean ending;
    private int attempts; // of the thread that ends it, one at a time

    AdmittedRequest(HttpServerExchange exchange, Permit permit, GateHandler handler) {
        this.exchange = exchange;
        this.permit = permit;
        this.handler = handler;
        this.waits = new ClientWaits(handler.sourceChannels());
    }

    /**
     * Returns the request inside that {@code exchange} belongs to; null if it did not come through
     * the gate.
     */
    static @Nullable AdmittedRequest of(@Nullable HttpServerExchange exchange) {
        return exchange == null ? null : exchange.getAttachment(KEY);
    }

    /** Returns how long it was in the queue; zero if it got in at once. */
    Duration queueTime() {
        return permit.queueTime();
    }

    /** Hands the request to the workers, from any thread. */
    void start() {
        try {
            if (isListening()) {
                handler.executorFor(exchange).execute(this);
            } else {
                // Not released here: the next in the queue may have left too, and so on, each a few
                // stack frames deeper.
                handler.executor().execute(permit::release);
            }
        } catch (RejectedExecutionException closed) {
            // Only closed workers reject, and they admit no more requests.
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    /**
     * False if the exchange is complete already: its HTTP/2 client reset the stream while it was in
     * the queue.
     */
    private boolean isListening() {
        try {
            exchange.addExchangeCompleteListener(this);
        } catch (IllegalStateException complete) {
            return false;
        }
        exchange.putAttachment(KEY, this);
        waits.addTo(exchange, this);
        permit.endedBy(this);
        return true;
    }

    @Override
    public void run() {
        firstRun = Thread.currentThread();
        permit.enterThread();
        try {
            if (exchange.getConnection().isOpen()) {
                exchange.setDispatchExecutor(this);
                Connectors.executeRootHandler(this, exchange);
            } else {
                exchange.endExchange(); // HttpServerExchange.dispatch(Executor, HttpHandler) would
                // forget it, and its permit
            }
        } finally {
            permit.leaveThread();
            firstRun = null;
            try {
                goesOnUnlessComplete();
            } finally {
                runEnded();
            }
        }
    }

    private void goesOnUnlessComplete() {
        if (exchange.isResponseComplete()) {
            responseEnded(); // the exchange may not be complete, and then reports nothing
            return;
        }
        if (willBeEventStream()) {
            permit.becomesStream(); // if refused, it is ended soon
        }
        permit.goesAsync();
    }

    /** Other threads may complete the exchange, or write its headers, at this very moment. */
    private boolean willBeEventStream() {
        try {
            return !exchange.isResponseStarted()
                    && (isEventStream(exchange)
                            || (HAS_SERVLETS && ServletEnd.isEventStreamAnnounced(exchange)));
        } catch (RuntimeException isComplete) {
            return false; // or its first bytes tell
        }
    }

    /**
     * Runs what a handler dispatches, on a thread that an interrupt has to find too. Undertow
     * forgets the executor of an exchange with each dispatch.
     */
    @Override
    public void execute(Runnable dispatched) {
        handler.executor()
                .execute(() -> {
                    permit.enterThread();
                    try {
                        exchange.setDispatchExecutor(this);
                        dispatched.run();
                    } finally {
                        permit.leaveThread();
                    }
                });
    }

    /** Runs the root handler; Undertow ends what it has begun as if it were whole. */
    @Override
    public void handleRequest(HttpServerExchange called) throws Exception {
        try {
            handler.root().handleRequest(called);
        } catch (Throwable failure) {
            cutIfInterrupted();
            throw failure;
        }
    }

    /**
     * Cuts off an answer that has begun, if its request was interrupted: Undertow would end it with
     * a last chunk, or END_STREAM.
     *
     * @return whether it was cut off
     */
    boolean cutIfInterrupted() {
        if (permit.interrupted()
                && !permit.isRefused()
                && exchange.isResponseStarted()
                && !exchange.isResponseComplete()) {
            CutOff.cut(exchange);
            return true;
        }
        return false;
    }

    /**
     * Ends the exchange while no thread runs for it. Nothing of it is used again for another
     * request of the connection, which is closed after the answer.
     */
    @Override
    public void end() {
        if (exchange.isComplete()) {
            return;
        }
        if (permit.isRefused() && exchange.isResponseStarted()) {
            endRefused();
            return;
        }
        GateAnswer answer = permit.answer();
        if (isServlets() && ServletEnd.end(exchange, answer)) {
            return;
        }
        endPlainLater(answer);
    }

    /**
     * Whether to end the exchange as one of a servlet. Undertow may have ended the asynchronous
     * request and not the exchange, if a thread of the application wrote in the moment in which the
     * client left. After some attempts it is ended as any other exchange.
     */
    private boolean isServlets() {
        attempts++;
        return HAS_SERVLETS && attempts <= MOST_SERVLET_ATTEMPTS;
    }

    /** The answer of the gate is on its way: the exchange ends with it. */
    private void endRefused() {
        if (!isServlets() || !ServletEnd.abandon(exchange, true)) {
            later(() -> {
                if (!exchange.isComplete()) {
                    exchange.endExchange();
                }
            });
        }
    }

    private void endPlainLater(GateAnswer answer) {
        later(() -> endPlain(answer));
    }

    private void later(Runnable end) {
        try {
            if (exchange.isBlocking()) {
                handler.executor().execute(end); // it may have to flush
            } else {
                exchange.getIoThread().execute(end);
            }
        } catch (RejectedExecutionException closed) {
            CutOff.cut(exchange);
        }
    }

    /** Called when Undertow begins to end the exchange. */
    @Override
    public boolean handleDefaultResponse(HttpServerExchange ended) {
        ending = true;
        return false;
    }

    /** Whether the application has finished the request, or will not be called for it again. */
    boolean isEnding() {
        return ending;
    }

    /**
     * Whether a failed flush is kept from the application: Undertow tells a servlet of it only if
     * the request is asynchronous (ServletOutputStreamImpl.flush, 2.3.26).
     */
    boolean hidesFailures() {
        return HAS_SERVLETS && ServletEnd.isSynchronous(exchange);
    }

    /** Whether the gate has answered in place of the application: too many event streams. */
    boolean isAnsweredByGate() {
        return permit.isRefused() && exchange.isResponseStarted();
    }

    /** Whether the request was interrupted: it ran too long, or past the grace of a stop. */
    boolean isOverdue() {
        return permit.interrupted();
    }

    @Override
    public boolean waitsForClient() {
        return waits.anybody();
    }

    @Override
    public void endWait() {
        if (exchange.isResponseStarted()) {
            CutOff.cut(exchange);
            waits.over();
        } else {
            waits.fail();
        }
    }

    @Override
    public void abandon() {
        if (exchange.isComplete()) {
            return;
        }
        if (exchange.getConnection() instanceof Http2ServerConnection stream) {
            Http2Streams.endIfReset(stream);
        }
        if (!isServlets() || !ServletEnd.abandon(exchange, false)) {
            endPlainLater(permit.answer());
        }
    }

    /** Whether the request was to be interrupted, and was not because it compiled a page. */
    boolean isHeldBack() {
        return permit.interruptHeldBack();
    }

    /**
     * Returns what to answer now if this request was interrupted; null if it was not. Its thread is
     * not any more then.
     */
    @Nullable GateAnswer interruptedAnswer() {
        if (!permit.interrupted()) {
            return null;
        }
        permit.forgetInterrupt();
        if (!exchange.isResponseStarted() && !exchange.isRequestComplete()) {
            exchange.setPersistent(false);
            waits.giveUpBody();
        }
        return permit.answer();
    }

    private void endPlain(GateAnswer answer) {
        if (exchange.isComplete()) {
            return;
        }
        exchange.setPersistent(false);
        if (!exchange.isResponseStarted() && exchange.isResponseChannelAvailable()) {
            OwnAnswer.begin(exchange, answer);
            exchange.endExchange();
        } else if (exchange.getConnection() instanceof Http2ServerConnection stream
                && Http2Streams.isEnded(stream)) {
            endBehindAnswer();
        } else {
            CutOff.cut(exchange);
        }
    }

    /**
     * The answer was closed before, and yet the exchange goes on: a reset came while its last
     * thread left it to a listener, which Undertow then does not call. Or no code has told the
     * exchange that its answer is complete ({@link ParkingSink#flush}). All listeners run on the
     * I/O thread, so that only one of them and this ends the exchange.
     */
    private void endBehindAnswer() {
        try {
            exchange.getIoThread()
                    .execute(() -> {
                        if (!exchange.isResponseComplete()) {
                            exchange.endExchange();
                        }
                    });
        } catch (RejectedExecutionException ended) {
            // the I/O thread has closed its connections, and all their streams
        }
    }

    private static boolean hasServlets() {
        try {
            Class.forName(
                    "io.undertow.servlet.handlers.ServletRequestContext",
                    false,
                    AdmittedRequest.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException plainUndertow) {
            return false;
        }
    }

    /**
     * Runs more of the application for this request on the current thread, where an interrupt has
     * to find it.
     */
    <T> T runMore(Run<T> more) throws Exception {
        if (Thread.currentThread().equals(firstRun)) {
            return more.run();
        }
        permit.enterThread();
        try {
            return more.run();
        } finally {
            permit.leaveThread();
        }
    }

    /**
     * An answer that fails because the request was interrupted says so: it is the server's doing,
     * and may be tried again. One that would be one event stream too many is replaced as a whole.
     *
     * @return the body to send in place of the application's; null if that is to go out
     */
    @Nullable ByteBuffer beforeCommit(HttpServerExchange committed) {
        if (!handler.workers().gate().ready()) {
            committed.setPersistent(false);
        }
        if (isEventStream(committed) && !permit.becomesStream()) {
            return refuse(committed);
        }
        if (committed.getStatusCode() == StatusCodes.INTERNAL_SERVER_ERROR
                && permit.interrupted()) {
            permit.forgetInterrupt();
            if (!committed.isRequestComplete()) {
                committed.setPersistent(false);
                waits.giveUpBody();
            }
            OwnAnswer.begin(committed, handler.workers().gate().answerInterrupted());
        }
        return null;
    }

    /** Whether the answer is an event stream, and without an end that is known. */
    private static boolean isEventStream(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getResponseHeaders();
        return EventStreams.isType(headers.getFirst(Headers.CONTENT_TYPE))
                && !headers.contains(Headers.CONTENT_LENGTH);
    }

    private ByteBuffer refuse(HttpServerExchange committed) {
        if (!committed.isRequestComplete()) {
            committed.setPersistent(false);
            waits.giveUpBody();
        }
        return OwnAnswer.replace(committed, permit.answer());
    }

    @Override
    public void exchangeEvent(HttpServerExchange completed, NextListener next) {
        waits.over();
        exchangeEnded(next);
    }

    @Override
    void release() {
        permit.release();
    }

    @Override
    void isNotRead() {
        if (waits.isBodyGivenUp() && exchange.getConnection() instanceof Http2ServerConnection) {
            CutOff.cut(exchange); // the answer is whole, and does not get lost
        } else {
            RestOfBody.of(exchange);
        }
    }
}
