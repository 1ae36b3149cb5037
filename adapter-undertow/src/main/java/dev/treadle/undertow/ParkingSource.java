package dev.treadle.undertow;

import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.XnioIoThread;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSourceConduit;

import java.io.IOException;
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
    private final Parking parking;

    // What follows belongs to the I/O thread.
    private boolean listening;
    private @Nullable ChannelListener<? super ConduitStreamSourceChannel> listenerBefore;
    private @Nullable ChannelListener<? super ConduitStreamSourceChannel> closeListenerBefore;
    private @Nullable ChannelListener<ConduitStreamSourceChannel> closeListener;

    ParkingSource(StreamSourceConduit next, ConduitStreamSourceChannel channel) {
        super(next);
        this.channel = channel;
        this.parking = new Parking(this);
    }

    /** Wakes the thread that waits: there will be nothing more to read. */
    void over() {
        parking.over();
    }

    @Override
    public void awaitReadable() throws IOException {
        if (!parking.await(0)) {
            next.awaitReadable();
        }
    }

    @Override
    public void awaitReadable(long time, TimeUnit unit) throws IOException {
        if (!parking.await(Math.max(0, unit.toNanos(time)))) {
            next.awaitReadable(time, unit);
        }
    }

    @Override
    public void terminateReads() throws IOException {
        try {
            next.terminateReads();
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
        parking.ready();
    }
}
