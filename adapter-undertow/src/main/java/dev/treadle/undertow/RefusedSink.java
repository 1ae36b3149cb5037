package dev.treadle.undertow;

import org.xnio.Buffers;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Sends an answer of the gate when the application begins its own answer. Nothing of the
 * application's answer is sent, and its writes fail, as if the client had left. Used by one thread
 * at a time, as all conduits.
 *
 * <p>The exchange does not become complete before it is ended, by its last thread or from outside:
 * a listener of the application must be told of the error, and a complete exchange has no listener.
 * So nothing is flushed before the writes are terminated. When Undertow ends the exchange it writes
 * the rest of the application's answer, and that is dropped.
 */
final class RefusedSink extends AbstractStreamSinkConduit<StreamSinkConduit> {
    private final ByteBuffer answer;
    private final AdmittedRequest request;
    private boolean terminates;
    private boolean terminated;

    /**
     * @param answer the whole body, whose length the headers tell
     */
    RefusedSink(StreamSinkConduit next, ByteBuffer answer, AdmittedRequest request) {
        super(next);
        this.answer = answer;
        this.request = request;
    }

    /** Sends what is left of the answer; false if the channel takes no more of it now. */
    private boolean isSent() throws IOException {
        while (answer.hasRemaining()) {
            if (next.write(answer) == 0) {
                return false;
            }
        }
        if (terminates && !terminated) {
            terminated = true;
            next.terminateWrites();
        }
        return true;
    }

    private int refuse() throws IOException {
        if (!isSent()) {
            return 0;
        }
        IOException refusal = new IOException("too many event streams");
        if (request.hidesFailures()) {
            throw new UncheckedIOException(refusal); // or it would write on, and hold its place
        }
        throw refusal;
    }

    @Override
    public int write(ByteBuffer application) throws IOException {
        return refuse();
    }

    @Override
    public long write(ByteBuffer[] application, int offset, int length) throws IOException {
        return refuse();
    }

    @Override
    public long transferFrom(FileChannel application, long position, long count)
            throws IOException {
        return refuse();
    }

    @Override
    public long transferFrom(StreamSourceChannel application, long count, ByteBuffer throughBuffer)
            throws IOException {
        return refuse();
    }

    @Override
    public int writeFinal(ByteBuffer application) throws IOException {
        terminateWrites();
        int dropped = application.remaining();
        application.position(application.limit());
        return dropped;
    }

    @Override
    public long writeFinal(ByteBuffer[] application, int offset, int length) throws IOException {
        terminateWrites();
        long dropped = Buffers.remaining(application, offset, length);
        for (int i = offset; i < offset + length; i++) {
            application[i].position(application[i].limit());
        }
        return dropped;
    }

    @Override
    public boolean flush() throws IOException {
        if (!terminates) {
            refuse();
            return false; // the channel takes no more now
        }
        return isSent() && next.flush();
    }

    @Override
    public void terminateWrites() throws IOException {
        terminates = true;
        isSent(); // if not all of it, a flush sends the rest
    }
}
