package dev.treadle.undertow;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;

import org.jspecify.annotations.Nullable;

/**
 * Ends the exchange of a connection of HTTP/1.1 that closes, before Undertow does the same.
 *
 * <p>Undertow ends it on the thread that closes the connection, and so gives back the buffers of
 * its streams ({@code AbstractServerConnection.CloseSetter}, 2.3.26). The thread of the request may
 * use them at that moment: it writes into the buffer of a {@code ServletOutputStream}, or it is the
 * one that closes, inside of a write that failed, and then compacts the buffer. Another request
 * that had the buffer by then would send bytes of this one. So these buffers are not used again.
 *
 * <p>On HTTP/2 no other thread ends an exchange: a stream that is reset ends with its thread.
 */
final class EndedByClose implements ServerConnection.CloseListener {
    private static final AttachmentKey<EndedByClose> KEY = AttachmentKey.create(EndedByClose.class);

    private final SharedBufferPool buffers;

    /** Written by the I/O thread, and read by any thread that closes the connection. */
    private volatile @Nullable HttpServerExchange current;

    private EndedByClose(SharedBufferPool buffers) {
        this.buffers = buffers;
    }

    /**
     * Sees to an exchange that has arrived; to be called on the I/O thread.
     *
     * @param connection its connection, of HTTP/1.1
     */
    static void arrived(
            AbstractServerConnection connection,
            HttpServerExchange exchange,
            SharedBufferPool buffers) {
        EndedByClose listener = connection.getAttachment(KEY);
        if (listener == null) {
            listener = new EndedByClose(buffers);
            connection.putAttachment(KEY, listener);
            connection.addCloseListener(listener);
        }
        listener.current = exchange;
    }

    @Override
    public void closed(ServerConnection connection) {
        HttpServerExchange exchange = current;
        buffers.discardWhat(() -> {
            if (exchange != null) {
                exchange.endExchange();
            }
            discardRead((AbstractServerConnection) connection);
        });
    }

    /** The bytes read behind the head of the request: its thread may be reading them. */
    private static void discardRead(AbstractServerConnection connection) {
        PooledByteBuffer behindHead = connection.getExtraBytes();
        if (behindHead != null) {
            behindHead.close(); // Undertow closes it once more
        }
    }
}
