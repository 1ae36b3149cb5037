package dev.treadle.undertow;

import io.undertow.protocols.http2.Http2StreamSourceChannel;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http2.Http2ServerConnection;

import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSourceConduit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;

/**
 * The body of a request, whose blocking reads park. It borrows the read listener of the channel
 * while a thread waits: every conduit below, of TLS, timeouts or HTTP/2, ends its events there
 * (XNIO 3.8.16, {@code ReadReadyHandler.ChannelListenerHandler}). Listeners of asynchronous readers
 * are not touched: they never wait.
 */
final class ParkingSource extends AbstractStreamSourceConduit<StreamSourceConduit>
        implements ChannelListener<ConduitStreamSourceChannel>, Parking.Stream {
    private final ConduitStreamSourceChannel channel;
    private final HttpServerExchange exchange;
    private final AdmittedRequest request;
    private final Parking parking;

    /** How reads behave: as usual, fail, or report the end of the body. */
    private volatile Mode mode = Mode.OPEN;

    // of the thread that has the exchange
    private boolean endOnce; // the next read finds the end, those after it do not
    private boolean leftUnread;

    private enum Mode {
        OPEN,
        FAILED,
        ENDED
    }

    // The following fields are used by the I/O thread only.
    private boolean listening;
    private @Nullable ChannelListener<? super ConduitStreamSourceChannel> listenerBefore;
    private @Nullable ChannelListener<? super ConduitStreamSourceChannel> closeListenerBefore;
    private @Nullable ChannelListener<ConduitStreamSourceChannel> closeListener;

    ParkingSource(
            StreamSourceConduit next,
            ConduitStreamSourceChannel channel,
            HttpServerExchange exchange,
            AdmittedRequest request) {
        super(next);
        this.channel = channel;
        this.exchange = exchange;
        this.request = request;
        this.parking = new Parking(this);
    }

    /** Wakes the thread that waits: there will be nothing more to read. */
    void over() {
        parking.over();
    }

    boolean isWaitedFor() {
        return parking.isWaitedFor();
    }

    /**
     * Lets each read fail from now on, and wakes the thread that waits. Only until the exchange is
     * ended: what Undertow would drain then is not read, so that the answer can be written.
     */
    void fail() {
        mode = Mode.FAILED;
        over();
    }

    /**
     * Lets each read find the end from now on: no thread waits for the rest of the body any more.
     */
    void giveUp() {
        mode = Mode.ENDED;
        over();
    }

    /** Whether the rest of the body is not read, though the client may send it. */
    boolean isGivenUp() {
        return mode != Mode.OPEN;
    }

    /** Returns whether there is no more to read now; fails if reads are to fail. */
    private boolean isEnded() throws IOException {
        if (endOnce) {
            endOnce = false;
            return true;
        }
        return isGivenUpNow();
    }

    private boolean isGivenUpNow() throws IOException {
        Mode now = mode;
        if (now == Mode.FAILED && !request.isEnding()) {
            exchange.setPersistent(false);
            throw new InterruptedIOException(
                    "the request was interrupted while it waited for the client");
        }
        return now != Mode.OPEN;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return isEnded() ? -1 : (int) whole(() -> super.read(into));
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        return isEnded() ? -1 : whole(() -> super.read(into, offset, length));
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return isEnded() ? -1 : whole(() -> super.transferTo(position, count, target));
    }

    @Override
    public long transferTo(long count, ByteBuffer through, StreamSinkChannel target)
            throws IOException {
        return isEnded() ? -1 : whole(() -> super.transferTo(count, through, target));
    }

    /** A read from below. */
    @FunctionalInterface
    private interface Read {
        long bytes() throws IOException;
    }

    /**
     * Reads, and fails if the stream of HTTP/2 was reset meanwhile: the I/O thread then gives back
     * the buffer from which this reads, and what was read may belong to another request. Undertow
     * says that the stream is reset before it does so. If it was between two steps of the read, the
     * read failed with an exception that names no reason (AbstractFramedStreamSourceChannel.read,
     * 2.3.26).
     */
    private long whole(Read read) throws IOException {
        if (!(exchange.getConnection() instanceof Http2ServerConnection stream)) {
            return read.bytes();
        }
        long bytes;
        try {
            bytes = read.bytes();
        } catch (NullPointerException | IllegalStateException ofReset) {
            if (Http2Streams.isBroken(stream)) {
                throw (IOException) new ClosedChannelException().initCause(ofReset);
            }
            throw ofReset;
        }
        if (bytes > 0 && Http2Streams.isBroken(stream)) {
            throw new ClosedChannelException();
        }
        return bytes;
    }

    /**
     * Waits, unless there is nothing to wait for.
     *
     * @return false if the current thread cannot wait here
     */
    private boolean waited(long nanos) throws IOException {
        if (isGivenUpNow()) {
            return true; // the next read says so
        }
        if (request.isEnding()) {
            // Undertow drains the body before it goes on, and its thread would wait for the client:
            // it is told that this is all, and drains the rest without a thread
            endOnce = true;
            leftUnread = true;
            return true;
        }
        try {
            return parking.await(nanos);
        } catch (InterruptedIOException interrupted) {
            if (request.isOverdue()) {
                mode = Mode.FAILED;
                // even if the application handles the failure: a partial answer must not look
                // complete
                request.cutIfInterrupted();
            }
            throw interrupted;
        }
    }

    @Override
    public void awaitReadable() throws IOException {
        if (!waited(0)) {
            next.awaitReadable();
        }
    }

    @Override
    public void awaitReadable(long time, TimeUnit unit) throws IOException {
        if (!waited(Math.max(0, unit.toNanos(time)))) {
            next.awaitReadable(time, unit);
        }
    }

    /** A stream would be reset now, before its answer. {@link RestOfBody} reads the rest later. */
    private boolean isDrainedLater() {
        return mode == Mode.OPEN
                ? leftUnread
                : exchange.getConnection() instanceof Http2ServerConnection;
    }

    @Override
    public void terminateReads() throws IOException {
        try {
            if (!isDrainedLater()) {
                next.terminateReads();
            }
        } finally {
            over();
        }
    }

    @Override
    public XnioIoThread ioThread() {
        return next.getReadThread();
    }

    @Override
    public boolean listen() {
        listening = true;
        listenerBefore = channel.getReadListener();
        closeListenerBefore = channel.getCloseListener();
        closeListener = closeListener(closeListenerBefore);
        channel.setReadListener(this);
        channel.setCloseListener(closeListener);
        next.resumeReads();
        if (!next.isReadResumed()) {
            ignore();
        }
        return listening;
    }

    private ChannelListener<ConduitStreamSourceChannel> closeListener(
            @Nullable ChannelListener<? super ConduitStreamSourceChannel> before) {
        return closed -> {
            over();
            if (before != null) {
                ChannelListeners.invokeChannelListener(closed, before);
            }
        };
    }

    @Override
    public void ignore() {
        if (listening) {
            listening = false;
            if (channel.getReadListener() == this) {
                next.suspendReads();
                channel.setReadListener(listenerBefore);
            }
            if (closeListener != null && closeListener.equals(channel.getCloseListener())) {
                channel.setCloseListener(closeListenerBefore);
            }
            listenerBefore = null;
            closeListenerBefore = null;
            closeListener = null;
        }
    }

    @Override
    public void handleEvent(ConduitStreamSourceChannel ready) {
        if (!isCalledForNothing()) {
            parking.ready();
        }
    }

    /** The listener stays, and is called again when there is something. */
    private boolean isCalledForNothing() {
        if (exchange.getConnection() instanceof Http2ServerConnection stream) {
            Http2StreamSourceChannel body = Http2Streams.body(stream);
            return body != null && Http2Body.isEmpty(body);
        }
        return false;
    }
}
