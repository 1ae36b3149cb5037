package dev.treadle.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http2.Http2ServerConnection;

import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer, whose blocking writes park. It borrows the write listener of the channel
 * while a thread waits: every conduit below, of TLS, timeouts or HTTP/2, ends its events there
 * (XNIO 3.8.16, {@code WriteReadyHandler.ChannelListenerHandler}). Listeners of asynchronous
 * writers are not touched: they never wait.
 */
final class ParkingSink extends AbstractStreamSinkConduit<StreamSinkConduit>
        implements ChannelListener<ConduitStreamSinkChannel>, Parking.Stream {
    /** After so long a wait a thread looks whether its stream of HTTP/2 was reset. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ConduitStreamSinkChannel channel;
    private final HttpServerExchange exchange;
    private final RequestEnds ends;
    private final Parking parking;
    private volatile boolean terminated;

    /**
     * On HTTP/2 the I/O thread may close the stream in the middle of a write, and gives back the
     * buffer that is written into; null otherwise.
     */
    private final SharedBufferPool.@Nullable Use use;

    // The following fields are used by the I/O thread only.
    private boolean listening;
    private @Nullable ChannelListener<? super ConduitStreamSinkChannel> listenerBefore;
    private @Nullable ChannelListener<? super ConduitStreamSinkChannel> closeListenerBefore;
    private @Nullable ChannelListener<ConduitStreamSinkChannel> closeListener;

    /**
     * @param ends is told when the response is complete: the exchange itself does not report it as
     *     long as it has not read the request
     */
    ParkingSink(
            StreamSinkConduit next,
            ConduitStreamSinkChannel channel,
            HttpServerExchange exchange,
            RequestEnds ends) {
        super(next);
        this.channel = channel;
        this.exchange = exchange;
        this.ends = ends;
        this.parking = new Parking(this);
        this.use =
                exchange.getConnection() instanceof Http2ServerConnection
                        ? new SharedBufferPool.Use()
                        : null;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        begins();
        try {
            return super.write(bytes);
        } finally {
            ended();
        }
    }

    @Override
    public long write(ByteBuffer[] bytes, int offset, int length) throws IOException {
        begins();
        try {
            return super.write(bytes, offset, length);
        } finally {
            ended();
        }
    }

    @Override
    public int writeFinal(ByteBuffer bytes) throws IOException {
        begins();
        try {
            return super.writeFinal(bytes);
        } finally {
            ended();
        }
    }

    @Override
    public long writeFinal(ByteBuffer[] bytes, int offset, int length) throws IOException {
        begins();
        try {
            return super.writeFinal(bytes, offset, length);
        } finally {
            ended();
        }
    }

    @Override
    public long transferFrom(FileChannel from, long position, long count) throws IOException {
        begins();
        try {
            return super.transferFrom(from, position, count);
        } finally {
            ended();
        }
    }

    @Override
    public long transferFrom(StreamSourceChannel from, long count, ByteBuffer through)
            throws IOException {
        begins();
        try {
            return super.transferFrom(from, count, through);
        } finally {
            ended();
        }
    }

    private void begins() {
        if (use != null) {
            use.begin();
        }
    }

    private void ended() {
        if (use != null) {
            use.end();
        }
    }

    /** Wakes the thread that waits: there will be no more to write to. */
    void over() {
        parking.over();
    }

    boolean isWaitedFor() {
        return parking.isWaitedFor();
    }

    private void looksWhetherComplete() {
        if (exchange.isResponseComplete()) {
            ends.responseEnded();
        }
    }

    /**
     * Flushes; repeats the last flush of an answer if the exchange has not noticed it. On HTTP/2
     * Undertow tells it in a flush that comes after the last frame has gone out, and does not if
     * the I/O thread says so in the middle of that flush (Http2DataStreamSinkChannel.flush looks at
     * {@code completionListenerReady} before it waits for the I/O thread, 2.3.26). An asynchronous
     * request of a servlet flushes only once.
     */
    @Override
    public boolean flush() throws IOException {
        boolean flushed = super.flush();
        if (flushed && terminated && !exchange.isResponseComplete()) {
            flushed = super.flush();
        }
        looksWhetherComplete();
        return flushed;
    }

    @Override
    public void terminateWrites() throws IOException {
        terminated = true;
        super.terminateWrites();
        looksWhetherComplete();
    }

    @Override
    public void awaitWritable() throws IOException {
        if (!await(0)) {
            next.awaitWritable();
        }
    }

    @Override
    public void awaitWritable(long time, TimeUnit unit) throws IOException {
        if (!await(Math.max(0, unit.toNanos(time)))) {
            next.awaitWritable(time, unit);
        }
    }

    /**
     * Waits. An interrupt that came before was meant for what the thread did then: the answer of a
     * request that went on in spite of it is to go out. One that comes while it waits ends the
     * wait.
     */
    private boolean await(long nanos) throws IOException {
        boolean before = Thread.interrupted();
        try {
            return awaitClient(nanos);
        } finally {
            if (before) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits; on HTTP/2 no longer than {@link #LOOK_NANOS}, because Undertow does not report a reset
     * while the answer is held. A return before the channel is writable is allowed: callers write,
     * and wait again.
     */
    private boolean awaitClient(long nanos) throws IOException {
        if (!(exchange.getConnection() instanceof Http2ServerConnection stream)) {
            return parking.await(nanos);
        }
        boolean waited = parking.await(nanos == 0 ? LOOK_NANOS : Math.min(nanos, LOOK_NANOS));
        Http2Streams.endIfReset(stream);
        return waited;
    }

    @Override
    public void truncateWrites() throws IOException {
        try {
            next.truncateWrites();
        } finally {
            looksWhetherComplete();
            over();
        }
    }

    @Override
    public XnioIoThread ioThread() {
        return next.getWriteThread();
    }

    @Override
    public boolean listen() {
        listening = true;
        listenerBefore = channel.getWriteListener();
        closeListenerBefore = channel.getCloseListener();
        closeListener = closeListener(closeListenerBefore);
        channel.setWriteListener(this);
        channel.setCloseListener(closeListener);
        next.resumeWrites();
        if (!next.isWriteResumed()) {
            ignore();
        }
        return listening;
    }

    private ChannelListener<ConduitStreamSinkChannel> closeListener(
            @Nullable ChannelListener<? super ConduitStreamSinkChannel> before) {
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
            if (channel.getWriteListener() == this) {
                next.suspendWrites();
                channel.setWriteListener(listenerBefore);
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
    public void handleEvent(ConduitStreamSinkChannel ready) {
        parking.ready();
    }
}
