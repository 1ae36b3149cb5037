package dev.treadle.undertow;

import org.xnio.ChannelPipe;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;

/**
 * Has an I/O thread come to its hub when a socket of a greenlet is ready. XNIO does nothing after a
 * select that ends without a key, so this is a pipe of XNIO's own, with a key and a listener. The
 * hub puts a descriptor of its sockets in the place of the pipe's: nothing is read from it or
 * written to it.
 */
final class SocketSignal implements Closeable {
    private final StreamSourceChannel source;
    private final StreamSinkChannel sink;
    private final SelectionKey key;

    private SocketSignal(
            StreamSourceChannel source, StreamSinkChannel sink, IoThreadInternals internals)
            throws IOException {
        this.source = source;
        this.sink = sink;
        this.key = internals.keyOf(source);
    }

    /**
     * Opens it; on the I/O thread.
     *
     * @param ready runs on the I/O thread as long as a socket is ready, each time it has selected
     */
    static SocketSignal open(XnioIoThread thread, IoThreadInternals internals, Runnable ready)
            throws IOException {
        ChannelPipe<StreamSourceChannel, StreamSinkChannel> pipe = thread.createHalfDuplexPipe();
        SocketSignal opened = null;
        try {
            opened = new SocketSignal(pipe.getLeftSide(), pipe.getRightSide(), internals);
            opened.source.getReadSetter().set(channel -> ready.run());
            opened.source.resumeReads();
            return opened;
        } finally {
            if (opened == null) {
                IoUtils.safeClose(pipe.getLeftSide(), pipe.getRightSide());
            }
        }
    }

    /** Returns the channel that is selected. */
    SelectableChannel channel() {
        return key.channel();
    }

    /** Whether {@code selected} is the key of this. */
    boolean is(SelectionKey selected) {
        return key.equals(selected);
    }

    /** On the I/O thread. */
    @Override
    public void close() {
        IoUtils.safeClose(source, sink);
    }
}
