package dev.treadle.undertow;

import io.undertow.protocols.http2.Http2Channel;
import io.undertow.protocols.http2.Http2HeadersStreamSinkChannel;
import io.undertow.server.protocol.framed.SendFrameHeader;
import io.undertow.util.ImmediatePooledByteBuffer;

import org.xnio.ChannelListeners;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/**
 * A GOAWAY frame without an error, after which the connection goes on. {@code
 * Http2Channel.sendGoAway} (Undertow 2.3.26) would close the connection and abort the requests
 * inside.
 */
final class GoAway extends Http2HeadersStreamSinkChannel {
    private static final int CONNECTION = 0;
    private static final int HEAD_BYTES = 9;
    private static final int BODY_BYTES = 8;
    private static final byte TYPE = 7;

    private final int lastStream;

    private GoAway(Http2Channel channel, int lastStream) {
        super(channel, CONNECTION);
        this.lastStream = lastStream;
    }

    /**
     * Sends one; on the I/O thread.
     *
     * @param lastStream the greatest id of a stream that is served
     */
    static void send(Http2Channel channel, int lastStream) {
        if (!channel.isOpen() || channel.isThisGoneAway()) {
            return;
        }
        GoAway frame = new GoAway(channel, lastStream);
        try {
            frame.shutdownWrites();
            if (!frame.flush()) {
                frame.getWriteSetter().set(ChannelListeners.flushingChannelListener(null, null));
                frame.resumeWrites();
            }
        } catch (IOException closed) {
            System.getLogger("dev.treadle.undertow")
                    .log(Level.DEBUG, "HTTP/2: a connection was closed at its GOAWAY", closed);
        }
    }

    @Override
    protected SendFrameHeader createFrameHeaderImpl() {
        ByteBuffer frame = ByteBuffer.allocate(HEAD_BYTES + BODY_BYTES);
        frame.put((byte) 0).put((byte) 0).put((byte) BODY_BYTES).put(TYPE).put((byte) 0);
        frame.putInt(CONNECTION).putInt(lastStream).putInt(Http2Channel.ERROR_NO_ERROR);
        return new SendFrameHeader(new ImmediatePooledByteBuffer(frame.flip()));
    }
}
