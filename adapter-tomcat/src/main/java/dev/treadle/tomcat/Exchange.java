package dev.treadle.tomcat;

import dev.treadle.gate.EventStreams;
import dev.treadle.gate.Gate;
import dev.treadle.gate.Permit;

import jakarta.servlet.RequestDispatcher;

import org.apache.catalina.connector.ClientAbortException;
import org.apache.catalina.connector.CoyoteAdapter;
import org.apache.coyote.AbstractProcessor;
import org.apache.coyote.ActionCode;
import org.apache.coyote.ActionHook;
import org.apache.coyote.ErrorState;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.OutputBuffer;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Stands between a processor of Tomcat and its request and response: sees when the application
 * waits for the client and when an answer is committed, for which Tomcat has no listeners. On
 * HTTP/1.1 a processor keeps its request and response for ever, so there is one exchange for many
 * requests, one after another; on HTTP/2 there is one for each stream.
 *
 * <p><b>Invariant</b>: {@code current} is the request that is inside, and is null before {@link
 * #over} lets Tomcat use its objects again. Another thread that ends a wait or a request holds
 * {@code alive} and has compared {@code current} under it, so a later request of the same
 * connection is never touched. A thread that holds {@code alive} waits for no lock of Tomcat's.
 */
final class Exchange implements ActionHook, InputBuffer, OutputBuffer {
    /** Tomcat leaves the notes 17 to 31 of its requests to others (coyote.Request.setNote). */
    private static final int NOTE = 29;

    private static final int SWITCHING_PROTOCOLS = 101;
    private static final String CUT_OFF = "the request was interrupted, and its answer cut off";
    private static final @Nullable CoyoteInternals INTERNALS = CoyoteInternals.FOUND;

    private final Gate gate;
    private final Request request;
    private final Response response;

    // null where the internals are not known: then this stands between nothing
    private final @Nullable AbstractProcessor processor;
    private final @Nullable InputBuffer input;
    private final @Nullable OutputBuffer output;
    private final @Nullable Http2Stream stream; // null: not HTTP/2
    private final boolean http1;

    private final ReentrantLock alive = new ReentrantLock();
    private volatile @Nullable AdmittedRequest current; // cleared under alive
    private volatile @Nullable Thread reader; // cleared under alive
    private final GuardedWrite answer; // of the request's answer
    private final GuardedWrite update; // of a read: gives bytes back to the windows of a stream
    private boolean cancelled; // of the thread that Tomcat runs for the request
    private final AtomicBoolean bodyRead = new AtomicBoolean(); // of the same
    private volatile RestsOfBodies.@Nullable Rest rest; // changed under alive

    private Exchange(Request request, Response response, Gate gate) {
        this.gate = gate;
        this.request = request;
        this.response = response;
        if (INTERNALS != null && INTERNALS.hook(response) instanceof AbstractProcessor known) {
            this.processor = known;
            this.input = request.getInputBuffer();
            this.output = INTERNALS.outputBuffer(response);
            this.stream = Http2Stream.of(known);
            this.http1 = known instanceof Http11Processor;
            INTERNALS.hook(request, response, this);
            request.setInputBuffer(this);
            response.setOutputBuffer(this);
        } else {
            this.processor = null;
            this.input = null;
            this.output = null;
            this.stream = null;
            this.http1 = false;
        }
        this.answer = new GuardedWrite(alive, stream != null);
        this.update = new GuardedWrite(alive, stream != null);
    }

    /** Returns the exchange of a request; puts itself there where it is not yet. */
    static Exchange bind(Request request, Response response, Gate gate) {
        Exchange known = of(request);
        if (known != null
                && (INTERNALS == null
                        || known.processor == null
                        || INTERNALS.hook(response) == known)) {
            return known;
        }
        if (known != null) {
            known.endFormer(); // it was of another stream, which is over
            recycle(request, response);
        }
        Exchange made = new Exchange(request, response, gate);
        request.setNote(NOTE, made);
        return made;
    }

    /**
     * Tomcat uses the objects of a stream again for the next one, also when it has ended the first
     * outside of its adapter (StreamProcessor.process, after an exception or a reset), and then
     * catalina's part of them still has the state of that: the next client would get an empty
     * answer, or 500. On HTTP/1.1 Tomcat looks itself (Adapter.checkRecycled).
     */
    private static void recycle(Request request, Response response) {
        if (request.getNote(CoyoteAdapter.ADAPTER_NOTES)
                        instanceof org.apache.catalina.connector.Request former
                && response.getNote(CoyoteAdapter.ADAPTER_NOTES)
                        instanceof org.apache.catalina.connector.Response formerResponse) {
            former.recycle();
            formerResponse.recycle();
        }
    }

    /** Returns the exchange of a request; null if there is none yet. */
    static @Nullable Exchange of(Request request) {
        return (Exchange) request.getNote(NOTE);
    }

    /** Returns the request that is inside; null if there is none. */
    @Nullable AdmittedRequest current() {
        return current;
    }

    /** Returns its stream; null if the request is not one of HTTP/2. */
    @Nullable Http2Stream stream() {
        return stream;
    }

    /** Whether the answer goes out on a connection of HTTP/1.1. */
    boolean isHttp1() {
        return http1;
    }

    /** Whether the stream of this request was reset or closed; false if there is none. */
    boolean isStreamGone() {
        return stream != null && !stream.isActive();
    }

    /**
     * Tomcat uses its objects for another request, now or later. So the former request is over,
     * with any outcome.
     */
    void endFormer() {
        AdmittedRequest former = current;
        if (former != null) { // it ended without a call of any listener
            over(former);
        }
        if (rest != null) {
            endRest();
        }
    }

    /**
     * Whether Tomcat will wait for bytes of the body when it ends the request, whose response is
     * complete. On HTTP/2 it waits for none. On the thread of the request.
     */
    boolean hasRestOfBody() {
        if (!http1 || processor == null || input == null) {
            return false;
        }
        bodyRead.setPlain(true);
        processor.action(ActionCode.REQUEST_BODY_FULLY_READ, bodyRead);
        if (bodyRead.getPlain()) {
            return false;
        }
        long length = request.getContentLengthLong();
        boolean allThere = length >= 0 && input.available() >= length;
        return !allThere && INTERNALS != null && !INTERNALS.errorState(processor).isError();
    }

    /**
     * Tomcat reads the rest of the body on the current thread, and no request is inside.
     *
     * @param starter starts the timer of {@code begun}; if it fails, none has begun
     */
    void readsRest(RestsOfBodies.Rest begun, Runnable starter) {
        alive.lock();
        try {
            starter.run();
            rest = begun;
        } finally {
            alive.unlock();
        }
    }

    /** Has Tomcat close the connection in place of reading the rest of the body. On its thread. */
    void dropRest() {
        if (INTERNALS != null && processor != null) {
            // Http11Processor.endRequest reads nothing then. The action DISABLE_SWALLOW_INPUT would
            // also make the status of the answer, which is out, a 500.
            INTERNALS.errorState(processor, ErrorState.CLOSE_CLEAN);
        }
    }

    /** Ends the connection if its thread still reads this rest of a body. On any thread. */
    void cutRest(RestsOfBodies.Rest one) {
        alive.lock();
        try {
            if (rest == one) {
                rest = null;
                one.ended();
                if (INTERNALS != null && input != null && !INTERNALS.awaitsHead(input)) {
                    endWaits(false);
                }
            }
        } finally {
            alive.unlock();
        }
    }

    private void endRest() {
        alive.lock();
        try {
            RestsOfBodies.Rest one = rest;
            if (one != null) {
                rest = null;
                one.ended();
            }
        } finally {
            alive.unlock();
        }
    }

    /** A request is inside, and the current thread runs it. */
    void admitted(AdmittedRequest admitted) {
        current = admitted;
        admitted.permit().endedBy(admitted);
        admitted.permit().enterThread();
    }

    /** A thread of Tomcat comes back to the request that is inside. */
    @Nullable AdmittedRequest threadEnters() {
        AdmittedRequest now = current;
        if (now != null) {
            now.permit().enterThread();
        }
        return now;
    }

    /**
     * The thread that Tomcat ran for the request is at its end.
     *
     * @param served false if Tomcat's adapter has failed: then Tomcat ends the request, also an
     *     asynchronous one, and tells no listener (CoyoteAdapter.asyncDispatch and
     *     AbstractProcessor.dispatch, 10.1.55 and 11.0.25)
     * @return whether the request goes on without a thread; if not, it is over
     */
    boolean threadLeaves(boolean served) {
        AdmittedRequest now = current;
        boolean async = served && isAsync();
        if (now == null) {
            return async;
        }
        boolean goesOn = async && !now.isLost();
        now.permit().leaveThread();
        if (goesOn) {
            now.goesOn();
        } else {
            over(now);
        }
        return goesOn;
    }

    /**
     * The request of a stream is over, and Tomcat keeps its objects for a later one. They must not
     * hold the stream, and with it a connection that is closed: Tomcat clears what is its own
     * (coyote.Request.recycle). To be called on the thread of the stream, before that is recycled.
     */
    void unbind() {
        if (stream != null
                && processor != null
                && INTERNALS != null
                && INTERNALS.hook(response) == this) {
            INTERNALS.hook(request, response, processor);
            request.setInputBuffer(input);
            response.setOutputBuffer(output);
            request.setNote(NOTE, null);
            if (request.getNote(CoyoteAdapter.ADAPTER_NOTES)
                            instanceof org.apache.catalina.connector.Request former
                    && former.getHost() != null) {
                recycle(request, response);
            }
        }
    }

    private boolean isAsync() {
        if (processor != null) {
            return processor.isAsync();
        }
        AtomicBoolean async = new AtomicBoolean();
        request.action(ActionCode.ASYNC_IS_ASYNC, async);
        return async.get();
    }

    /** The request is complete: gives its place back. */
    void over(AdmittedRequest now) {
        alive.lock();
        try {
            if (current == now) {
                current = null;
            }
        } finally {
            alive.unlock();
        }
        now.permit().release();
    }

    /**
     * The answer comes before the body. Tomcat drops the rest of it and counts it back to the
     * windows, but takes the bytes that are under way for too many if none came before the answer
     * (Stream.replace: a stream without a buffer has no window): it would reset the stream again
     * for each frame, and close the connection after a few.
     */
    void answersBeforeTheBody() {
        if (stream != null) {
            AtomicBoolean read = new AtomicBoolean();
            request.action(ActionCode.REQUEST_BODY_FULLY_READ, read);
            if (!read.get()) {
                stream.makeInputBuffer();
            }
        }
    }

    /**
     * Whether Tomcat has ended the request, or will never end it, without a call of any listener.
     * The processor of a stream is not used again (StreamProcessor.recycle), so this stays true;
     * that of a connection has Tomcat ask the {@link GatedAdapter} first. A reset that comes while
     * an asynchronous request has no thread may have Tomcat forget the stream before it has run the
     * error: then no event reaches the request any more.
     */
    boolean isRecycled() {
        return INTERNALS != null
                && processor != null
                && stream != null
                && (INTERNALS.socketWrapper(processor) == null || stream.isForgotten(processor));
    }

    /** Whether a thread reads from the client. */
    boolean reads() {
        return reader != null;
    }

    /** Whether a thread writes to the client. */
    boolean writes() {
        return answer.thread() != null || update.thread() != null;
    }

    /**
     * Returns a figure that changes when some of the answer goes out, also in the middle of one
     * long write; 0 or more. It may be of a moment ago. Under {@code alive}.
     */
    long written() {
        return getBytesWritten() + answer.taken();
    }

    /** Runs the action if this is still the request inside, and lets it not end meanwhile. */
    void whileInside(AdmittedRequest one, Runnable action) {
        alive.lock();
        try {
            if (current == one) {
                action.run();
            }
        } finally {
            alive.unlock();
        }
    }

    /**
     * Ends the waits for the client. Under {@code alive}.
     *
     * @param cut whether the answer has begun and is cut off too
     */
    void endWaits(boolean cut) {
        Thread writes = answer.thread();
        if (stream != null && !writesToSocket(writes) && !writesToSocket(update.thread())) {
            Thread reads = reader;
            if (reads != null) {
                reads.interrupt(); // it has until its bytes are taken (ReaderOfStream)
            }
            if (writes != null) {
                stream.interruptWaitForWindow(writes);
            }
            return;
        }
        // Also of a stream whose connection takes no more bytes. An interrupt there ends the
        // connection too, but the threads of its other streams then wait for the one that was
        // interrupted, until the write timeout (SocketWrapperBase.writePending, 11.0.25).
        SocketChannel channel = channel();
        if (channel != null) {
            try {
                // Tomcat ignores interrupts in these waits (NioSocketWrapper.fillReadBuffer); they
                // end when its poller sees the channel readable or writable, as it now is
                channel.shutdownInput();
                if (cut || stream != null) {
                    channel.shutdownOutput();
                }
            } catch (IOException closed) {
                // then they end by themselves
            }
        }
    }

    /** Whether the thread waits for the socket itself, and not for the window of its stream. */
    private static boolean writesToSocket(@Nullable Thread writer) {
        if (writer != null) {
            for (StackTraceElement frame : writer.getStackTrace()) {
                if (frame.getClassName().equals(SocketWrapperBase.class.getName())
                        && frame.getMethodName().equals("vectoredOperation")) {
                    return true;
                }
            }
        }
        return false;
    }

    private @Nullable SocketChannel channel() {
        SocketWrapperBase<?> wrapper =
                INTERNALS == null || processor == null ? null : INTERNALS.socketWrapper(processor);
        return wrapper instanceof NioSocketWrapper nio ? nio.getSocket().getIOChannel() : null;
    }

    /**
     * Returns the address of the other end of the connection; null if it is not known. On any
     * thread: of a request that is complete it may be that of another connection.
     */
    @Nullable InetAddress clientAddress() {
        SocketChannel channel = channel();
        return channel == null ? null : channel.socket().getInetAddress();
    }

    /** The client has left: has Tomcat end the request as if it had noticed. Under alive. */
    void fail() {
        if (INTERNALS == null || processor == null) {
            return;
        }
        SocketWrapperBase<?> wrapper = INTERNALS.socketWrapper(processor);
        if (wrapper != null) {
            if (stream == null) {
                // what listeners of the application get to see (AbstractProcessor.dispatch)
                wrapper.setError(new EOFException("the client has closed the connection"));
            }
            INTERNALS.dispatchError(processor);
        }
    }

    @Override
    public void action(ActionCode code, @Nullable Object parameter) {
        AbstractProcessor to = processor;
        if (to == null) {
            throw new IllegalStateException("an exchange without a processor");
        }
        switch (code) {
            case COMMIT, CLIENT_FLUSH, CLOSE -> write(to, code, parameter);
            case ASYNC_RUN -> to.action(code, seen((Runnable) parameter));
            case CLOSE_NOW -> closeNow(to, parameter);
            case ACK, EARLY_HINTS -> writeBefore(to, code, parameter);
            case REQ_SET_BODY_REPLAY -> replay(to, parameter);
            default -> to.action(code, parameter);
        }
    }

    /** A head of 1xx goes out before the answer. On HTTP/2 that is a frame too. */
    private void writeBefore(AbstractProcessor to, ActionCode code, @Nullable Object parameter) {
        if (stream == null || current == null) {
            to.action(code, parameter);
            return;
        }
        GuardedWrite.Turn turn = answer.begin(null);
        try {
            to.action(code, parameter);
        } finally {
            turn.end();
        }
    }

    /**
     * Nothing more of the answer goes out. On HTTP/2 Tomcat would still send END_STREAM before the
     * reset (StreamProcessor.service), and the answer would look whole.
     */
    private void closeNow(AbstractProcessor to, @Nullable Object parameter) {
        AdmittedRequest now = current;
        if (!(parameter instanceof Throwable)
                && now != null
                && now.hasInputFailed()
                && now.permit().interrupted()
                && !response.isCommitted()) {
            // Tomcat 11 takes a form that cannot be read for a client that has left
            // (Request.doParseParameters); this one waits for its 503
            return;
        }
        if (stream != null && response.isCommitted()) {
            cancel(stream);
        }
        to.action(ActionCode.CLOSE_NOW, parameter);
    }

    private void cancel(Http2Stream one) {
        cancelled = true;
        one.cancel();
    }

    /**
     * A body that was kept during a login. Tomcat takes it that the buffer of the request is its
     * own (Http11Processor.setRequestBody, 10.1 and 11).
     */
    private void replay(AbstractProcessor to, @Nullable Object body) {
        request.setInputBuffer(input);
        try {
            to.action(ActionCode.REQ_SET_BODY_REPLAY, body);
        } finally {
            request.setInputBuffer(this);
        }
    }

    private void write(AbstractProcessor to, ActionCode code, @Nullable Object parameter) {
        AdmittedRequest now = current;
        if (now != null && !response.isCommitted()) {
            requirePlaceOfStream(now);
        }
        if (http1
                && !gate.ready()
                && !response.isCommitted()
                && response.getStatus() != SWITCHING_PROTOCOLS) {
            response.setHeader("Connection", "close");
        }
        if (now != null && now.isCut() && response.isCommitted()) {
            closeNow(to, null); // else a part of an answer could look whole
        }
        if (cancelled && code == ActionCode.CLIENT_FLUSH) {
            // Tomcat takes the empty buffer of a cancelled stream for the end of the answer, and
            // would send END_STREAM before the reset (Stream.StreamOutputBuffer.flush)
            response.setErrorException(new InterruptedIOException(CUT_OFF));
            return;
        }
        if (now == null) {
            sayGoodbyeIfStopping(to);
            to.action(code, parameter);
            return;
        }
        GuardedWrite.Turn turn = answer.begin(null);
        try {
            sayGoodbyeIfStopping(to);
            if (stream == null || INTERNALS == null) {
                to.action(code, parameter);
            } else {
                writeOfStream(INTERNALS, to, stream, code, parameter);
            }
        } finally {
            turn.end();
        }
    }

    /**
     * The client of a connection that was opened since the stop began has not been told of the
     * stop.
     */
    private void sayGoodbyeIfStopping(AbstractProcessor to) {
        if (stream != null && !gate.ready() && !response.isCommitted()) {
            stream.sayGoodbye(to);
        }
    }

    /**
     * An answer is about to be committed. If it would be one event stream too many, another goes
     * out in its place, on the thread that writes. The application sees the write fail as it does
     * when its client has left.
     */
    private void requirePlaceOfStream(AdmittedRequest now) {
        if (isEventStream() && !now.permit().becomesStream()) {
            now.answer();
            now.permit().insist(); // if no thread runs for it, no other code ends it
            throwAny(new ClientAbortException("too many event streams"));
        }
    }

    /** Whether the answer is an event stream, and without an end that is known. */
    private boolean isEventStream() {
        return INTERNALS != null
                && EventStreams.isType(INTERNALS.contentType(response))
                && response.getContentLengthLong() < 0;
    }

    /** A hook of Tomcat declares no exception, but its callers do (OutputBuffer, 10.1 and 11). */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Exception> void throwAny(Exception thrown) throws T {
        throw (T) thrown;
    }

    /** Whether a request that goes on without a thread has or will have an event stream. */
    boolean isEventStream(Function<String, @Nullable Object> attributes) {
        return isEventStream() || EventStreams.isAnnounced(attributes);
    }

    /**
     * An interrupt that ends the wait for room in a window ends the stream. Tomcat takes it for a
     * failure of the connection (AbstractProcessor.handleIOException), and would end all others.
     */
    private void writeOfStream(
            CoyoteInternals internals,
            AbstractProcessor to,
            Http2Stream of,
            ActionCode code,
            @Nullable Object parameter) {
        ErrorState before = internals.errorState(to);
        to.action(code, parameter);
        if (before != ErrorState.CLOSE_CONNECTION_NOW
                && internals.errorState(to) == ErrorState.CLOSE_CONNECTION_NOW
                && endedWaitForWindow(request.getAttribute(RequestDispatcher.ERROR_EXCEPTION))) {
            internals.errorState(to, ErrorState.CLOSE_NOW);
            cancel(of);
        }
    }

    /**
     * Whether a thread was interrupted while it waited for room in a window of HTTP/2: nothing of
     * its frame is sent then, and the connection is usable. An interrupt of the write of a frame
     * has the same cause, but comes from elsewhere.
     */
    private static boolean endedWaitForWindow(@Nullable Object failed) {
        if (failed instanceof IOException thrown
                && thrown.getCause() instanceof InterruptedException) {
            StackTraceElement[] stack = thrown.getStackTrace();
            return stack.length > 0 && stack[0].getMethodName().equals("reserveWindowSize");
        }
        return false;
    }

    /** A task that the application starts for the request counts as its thread. */
    private @Nullable Runnable seen(@Nullable Runnable task) {
        AdmittedRequest now = current;
        return now == null || task == null ? task : () -> runSeen(now.permit(), task);
    }

    private static void runSeen(Permit permit, Runnable task) {
        permit.enterThread();
        try {
            task.run();
        } finally {
            permit.leaveThread();
        }
    }

    @Override
    public int doRead(ApplicationBufferHandler handler) throws IOException {
        InputBuffer from = input;
        if (from == null) {
            throw new IllegalStateException("an exchange without a processor");
        }
        AdmittedRequest now = current;
        if (now == null) {
            return stream != null && from.available() > 0
                    ? readWithoutWait(from, handler)
                    : from.doRead(handler);
        }
        now.requireInput();
        try {
            return stream != null && from.available() > 0
                    ? readWithoutWait(from, handler)
                    : readAsReader(from, handler);
        } catch (IOException failed) {
            now.inputFailed();
            throw failed;
        }
    }

    private int readAsReader(InputBuffer from, ApplicationBufferHandler handler)
            throws IOException {
        Thread before = reader;
        reader = Thread.currentThread();
        ReaderOfStream takes = stream == null ? null : new ReaderOfStream(handler, before);
        try {
            return from.doRead(takes == null ? handler : takes);
        } finally {
            alive.lock();
            try {
                reader = before; // an end of this wait comes before, or not at all
            } finally {
                alive.unlock();
            }
            if (takes != null) {
                takes.end();
            }
        }
    }

    /**
     * A thread that waits for bytes of a stream writes as soon as it has taken some, because it
     * gives them back to the windows. Tomcat hands them over between the two
     * (StandardStreamInputBuffer.doRead, 10.1.55 and 11.0.25). An interrupt that came before that,
     * and too late for the wait, has to wait itself.
     */
    private final class ReaderOfStream implements ApplicationBufferHandler {
        private final ApplicationBufferHandler to;
        private final @Nullable Thread readerBefore;
        private GuardedWrite.@Nullable Turn turn;

        ReaderOfStream(ApplicationBufferHandler to, @Nullable Thread readerBefore) {
            this.to = to;
            this.readerBefore = readerBefore;
        }

        @Override
        public void setByteBuffer(ByteBuffer taken) {
            alive.lock();
            try {
                reader = readerBefore;
                if (turn == null) {
                    turn = update.begin(null);
                }
            } finally {
                alive.unlock();
            }
            to.setByteBuffer(taken);
        }

        @Override
        public ByteBuffer getByteBuffer() {
            return to.getByteBuffer();
        }

        @Override
        public void expand(int size) {
            to.expand(size);
        }

        void end() {
            if (turn != null) {
                turn.end();
            }
        }
    }

    /**
     * A read of a stream gives what it takes back to the windows, which is a write: on an
     * interrupted thread it would fail, with the bytes taken, and the window of the connection were
     * smaller for ever (StandardStreamInputBuffer.doRead). A read that has to wait fails before it
     * takes anything, or is a {@link ReaderOfStream}.
     */
    private int readWithoutWait(InputBuffer from, ApplicationBufferHandler handler)
            throws IOException {
        GuardedWrite.Turn turn = update.begin(null);
        try {
            return from.doRead(handler);
        } finally {
            turn.end();
        }
    }

    @Override
    public int available() {
        return input == null ? 0 : input.available();
    }

    @Override
    public int doWrite(ByteBuffer chunk) throws IOException {
        OutputBuffer to = output;
        if (to == null) {
            throw new IllegalStateException("an exchange without a processor");
        }
        AdmittedRequest now = current;
        if (now == null) {
            return to.doWrite(chunk);
        }
        if (now.isCut()) {
            throw new InterruptedIOException(CUT_OFF);
        }
        GuardedWrite.Turn turn = answer.begin(chunk);
        try {
            return to.doWrite(chunk);
        } catch (IOException failed) {
            if (stream != null && endedWaitForWindow(failed)) {
                cancel(stream); // its buffer holds a part of a frame that is lost
            }
            throw failed;
        } finally {
            turn.end();
        }
    }

    /**
     * Interrupts a thread of the request. One that writes to a stream is interrupted when its write
     * has ended ({@link GuardedWrite}). A write that waits for its client is ended by {@link
     * #endWaits}.
     */
    void interrupt(Thread running) {
        alive.lock();
        try {
            if (!answer.defers(running) && !update.defers(running)) {
                running.interrupt();
            }
        } finally {
            alive.unlock();
        }
    }

    @Override
    public long getBytesWritten() {
        return output == null ? 0 : output.getBytesWritten();
    }
}
