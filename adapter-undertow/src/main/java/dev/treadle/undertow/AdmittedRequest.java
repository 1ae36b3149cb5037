package dev.treadle.undertow;

import dev.treadle.GateAnswer;
import dev.treadle.Permit;

import io.undertow.server.Connectors;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ResponseCommitListener;
import io.undertow.util.AttachmentKey;
import io.undertow.util.StatusCodes;

import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;

/**
 * A request inside. Its permit goes back when two things are over, in either order:
 *
 * <ul>
 *   <li>the exchange is complete: request read, answer written, or both given up. That covers
 *       asynchronous requests, whatever is thrown, and a client that left; an exchange that is
 *       upgraded to a WebSocket is complete with its 101;
 *   <li>the run of the root handler has returned: it may go on after the answer, or after an HTTP/2
 *       client reset its stream.
 * </ul>
 *
 * <p><b>Protocol.</b> {@code firstEnd} is null until one of the two is over. Each puts its mark
 * there by compare-and-set; the one that fails is the second, gives the permit back, and only then
 * lets the connection go on to its next request: with N of 1 and no line, that request must not
 * find its predecessor's place taken.
 */
final class AdmittedRequest
        implements Runnable, ExchangeCompletionListener, ResponseCommitListener, Permit.Ending {
    private static final AttachmentKey<AdmittedRequest> KEY =
            AttachmentKey.create(AdmittedRequest.class);

    private static final boolean HAS_SERVLETS = hasServlets();
    private static final VarHandle FIRST_END;

    static {
        try {
            FIRST_END =
                    MethodHandles.lookup()
                            .findVarHandle(AdmittedRequest.class, "firstEnd", NextListener.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** The mark of the end of the run: the connection waits for nothing of it. */
    private static final NextListener RUN_ENDED = () -> {};

    /** A run of the application. */
    interface Run<T> {
        /** Runs it. */
        T run() throws Exception;
    }

    private final HttpServerExchange exchange;
    private final Permit permit;
    private final GateHandler handler;

    @SuppressWarnings("unused") // through FIRST_END
    private volatile @Nullable NextListener firstEnd;

    private final ClientWaits waits;
    private volatile @Nullable Thread firstRun;

    AdmittedRequest(HttpServerExchange exchange, Permit permit, GateHandler handler) {
        this.exchange = exchange;
        this.permit = permit;
        this.handler = handler;
        this.waits = new ClientWaits(handler.sourceChannels());
        permit.endedBy(this);
    }

    /**
     * Returns the request inside that {@code exchange} belongs to; null if it did not come through
     * the gate.
     */
    static @Nullable AdmittedRequest of(@Nullable HttpServerExchange exchange) {
        return exchange == null ? null : exchange.getAttachment(KEY);
    }

    /** Hands the request to the workers, from any thread. */
    void start() {
        try {
            if (isListening()) {
                handler.executor().execute(this);
            } else {
                // Not released here: the next in line may have left too, and so on, each a few
                // stack frames deeper.
                handler.executor().execute(permit::release);
            }
        } catch (RejectedExecutionException closed) {
            // Only closed workers reject, and they admit nobody any more.
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    /**
     * False if the exchange is complete already: its HTTP/2 client reset the stream while it was in
     * line.
     */
    private boolean isListening() {
        try {
            exchange.addExchangeCompleteListener(this);
        } catch (IllegalStateException complete) {
            return false;
        }
        exchange.putAttachment(KEY, this);
        waits.addTo(exchange, this);
        return true;
    }

    @Override
    public void run() {
        firstRun = Thread.currentThread();
        permit.enterThread();
        try {
            if (exchange.getConnection().isOpen()) {
                Connectors.executeRootHandler(handler.root(), exchange);
            } else {
                exchange.endExchange(); // HttpServerExchange.dispatch(Executor, HttpHandler) would
                // forget it, and its permit
            }
        } finally {
            permit.leaveThread();
            firstRun = null;
            if (!exchange.isResponseComplete()) {
                permit.goesAsync();
            }
            ended(RUN_ENDED);
        }
    }

    /**
     * Ends the exchange while no thread runs for it. Nothing of it is used again for another
     * request of the connection, which is closed behind the answer.
     */
    @Override
    public void end() {
        if (exchange.isComplete()) {
            return;
        }
        GateAnswer answer = handler.workers().gate().answerInterrupted();
        try {
            if (HAS_SERVLETS && ServletEnd.end(exchange, answer)) {
                return;
            }
            if (exchange.isBlocking()) {
                handler.executor().execute(() -> endPlain(answer)); // it may have to flush
            } else {
                exchange.getIoThread().execute(() -> endPlain(answer));
            }
        } catch (RejectedExecutionException closed) {
            IoUtils.safeClose(exchange.getConnection());
        }
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
        return handler.workers().gate().answerInterrupted();
    }

    private void endPlain(GateAnswer answer) {
        if (exchange.isComplete()) {
            return;
        }
        exchange.setPersistent(false);
        if (!exchange.isResponseStarted() && exchange.isResponseChannelAvailable()) {
            OwnAnswer.begin(exchange, answer);
            exchange.endExchange();
        } else {
            IoUtils.safeClose(exchange.getConnection());
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
     * and may be tried again.
     */
    @Override
    public void beforeCommit(HttpServerExchange committed) {
        if (!handler.workers().gate().ready()) {
            committed.setPersistent(false);
        }
        if (committed.getStatusCode() == StatusCodes.INTERNAL_SERVER_ERROR
                && permit.interrupted()) {
            permit.forgetInterrupt();
            OwnAnswer.begin(committed, handler.workers().gate().answerInterrupted());
        }
    }

    @Override
    public void exchangeEvent(HttpServerExchange completed, NextListener next) {
        waits.over();
        ended(next);
    }

    private void ended(NextListener mark) {
        NextListener first = (NextListener) FIRST_END.compareAndExchange(this, null, mark);
        if (first != null) {
            try {
                permit.release();
            } finally {
                first.proceed();
                mark.proceed();
            }
        }
    }
}
