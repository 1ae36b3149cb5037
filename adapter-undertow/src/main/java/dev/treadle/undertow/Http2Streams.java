package dev.treadle.undertow;

import io.undertow.Version;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.protocols.http2.Http2DataStreamSinkChannel;
import io.undertow.protocols.http2.Http2StreamSourceChannel;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.framed.AbstractFramedChannel;
import io.undertow.server.protocol.http2.Http2ServerConnection;
import io.undertow.util.AttachmentKey;

import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.conduits.ConduitStreamSinkChannel;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * The HTTP/2 connections of a server, as far as the gate has to do with them. In Undertow each
 * request has a {@link Http2ServerConnection} of its own; the connection below is a {@link
 * Http2Channel}.
 *
 * <p><b>The window of a connection</b> is made as large as the protocol allows when its first
 * request comes. Undertow 2.3.26 has one number for it and for the windows of streams ({@code
 * initialReceiveWindowSize}), and grants a connection only as many bytes as were read. So a few
 * streams in the queue, whose bodies are not read yet, would stop those inside; and the window
 * bytes of reset streams would be lost for ever. The window of each stream still bounds how much a
 * client may send ahead.
 *
 * <p><b>An answer that is held</b>, because a window is empty, does not end in Undertow when its
 * stream is reset ({@code Http2StreamSinkChannel.rstStream}, 2.3.26, closes only an answer without
 * a frame under way): no listener is called, and no window update finds it any more. {@link
 * #endIfReset} ends it.
 */
final class Http2Streams {
    private static final Logger LOG = System.getLogger("dev.treadle.undertow");
    private static final AttachmentKey<Boolean> SEEN = AttachmentKey.create(Boolean.class);

    /** The greatest window there is, less the one that each connection begins with (RFC 9113). */
    private static final int WINDOW_INCREMENT = Integer.MAX_VALUE - 65_535;

    /** In the first GOAWAY of two: streams that are on their way are served. */
    private static final int ANY_STREAM = Integer.MAX_VALUE;

    private static final VarHandle CHANNEL = field("channel", Http2Channel.class);
    private static final VarHandle RESPONSE =
            field("responseChannel", Http2DataStreamSinkChannel.class);

    private static final VarHandle REQUEST =
            field("requestChannel", Http2StreamSourceChannel.class);

    /** Whether an answer was reset, by either side; null if this cannot be read. */
    private static final @Nullable VarHandle RESET = fieldToSeeResets();

    /** The frames that wait for a window; null if these cannot be read. */
    private static final @Nullable VarHandle HELD = fieldOfHeldFrames();

    /** The resets that a connection has sent; null if they cannot be written. */
    private static final @Nullable VarHandle SENT_RESETS = fieldOfSentResets();

    private final Set<Http2Channel> open = ConcurrentHashMap.newKeySet();

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(
                            Http2ServerConnection.class, MethodHandles.lookup())
                    .findVarHandle(Http2ServerConnection.class, name, type);
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException(
                    "Undertow "
                            + Version.getVersionString()
                            + ": cannot read Http2ServerConnection."
                            + name
                            + " (expected: Undertow 2.3, from the class path or a module open to"
                            + " dev.treadle.undertow)",
                    missing);
        }
    }

    private static @Nullable VarHandle fieldToSeeResets() {
        try {
            Class<?> sink = Http2DataStreamSinkChannel.class.getSuperclass();
            return MethodHandles.privateLookupIn(sink, MethodHandles.lookup())
                    .findVarHandle(sink, "reset", boolean.class);
        } catch (ReflectiveOperationException missing) {
            warnOfHeldAnswers(missing);
            return null;
        }
    }

    private static @Nullable VarHandle fieldOfHeldFrames() {
        try {
            return MethodHandles.privateLookupIn(
                            AbstractFramedChannel.class, MethodHandles.lookup())
                    .findVarHandle(AbstractFramedChannel.class, "heldFrames", Deque.class);
        } catch (ReflectiveOperationException missing) {
            warnOfHeldAnswers(missing);
            return null;
        }
    }

    private static @Nullable VarHandle fieldOfSentResets() {
        try {
            return MethodHandles.privateLookupIn(Http2Channel.class, MethodHandles.lookup())
                    .findVarHandle(Http2Channel.class, "sentRstFramesPerWindow", int.class);
        } catch (ReflectiveOperationException missing) {
            LOG.log(
                    Level.WARNING,
                    "Undertow "
                            + Version.getVersionString()
                            + ": cannot see how many streams of HTTP/2 were reset (expected:"
                            + " Undertow 2.3); a connection ends if too many of its answers are cut"
                            + " off",
                    missing);
            return null;
        }
    }

    private static void warnOfHeldAnswers(ReflectiveOperationException missing) {
        LOG.log(
                Level.WARNING,
                "Undertow "
                        + Version.getVersionString()
                        + ": cannot see HTTP/2 answers that wait for a window (expected: Undertow"
                        + " 2.3); one whose stream is reset meanwhile keeps its place until its"
                        + " connection ends",
                missing);
    }

    /** Returns the body of a request; null if it has none that could still be read. */
    static @Nullable Http2StreamSourceChannel body(Http2ServerConnection stream) {
        return (Http2StreamSourceChannel) REQUEST.get(stream);
    }

    /**
     * A request has come; on the I/O thread.
     *
     * @param leaving whether a stop has begun: the client of a connection that is opened after that
     *     is told of it at its first request
     */
    void arrived(Http2ServerConnection stream, boolean leaving) {
        if (stream.getAttachment(SEEN) != null) {
            return;
        }
        stream.putAttachment(SEEN, Boolean.TRUE);
        Http2Channel channel = (Http2Channel) CHANNEL.get(stream);
        open.add(channel);
        stream.addCloseListener(closed -> open.remove(channel));
        if (!channel.isOpen()) {
            open.remove(channel);
            return;
        }
        try {
            channel.sendUpdateWindowSize(0, WINDOW_INCREMENT);
        } catch (IOException closed) {
            LOG.log(Level.DEBUG, "HTTP/2: a connection was closed at its first request", closed);
        }
        if (leaving) {
            GoAway.send(channel, ANY_STREAM);
        }
    }

    /** Tells the clients of all connections that a stop has begun; those that are inside go on. */
    void goAway() {
        for (Http2Channel channel : open) {
            try {
                channel.getIoThread().execute(() -> GoAway.send(channel, ANY_STREAM));
            } catch (RejectedExecutionException ended) {
                // its connections are closed, which says the same
            }
        }
    }

    /**
     * Calls {@code listener} when the channel of the request is closed before its end, as that of
     * each stream is when its connection is. Undertow then removes the listener of a thread that
     * waits for more of the body ({@code HttpServerExchange.terminateRequest}, 2.3.26), and does
     * not notify that thread.
     */
    static void onClose(Http2ServerConnection stream, Runnable listener) {
        Http2StreamSourceChannel request = body(stream);
        if (request != null) {
            request.addCloseTask(closed -> listener.run());
        }
    }

    /** Whether the client has reset the stream. */
    static boolean isReset(Http2ServerConnection stream, HttpServerExchange exchange) {
        ConduitStreamSinkChannel answer = Connectors.getConduitSinkChannel(exchange);
        return answer.getConduit().isWriteShutdown() || wasReset(answerOf(stream));
    }

    /** Whether the stream was reset, by either side, or its connection is closed. */
    static boolean isBroken(Http2ServerConnection stream) {
        return wasReset(answerOf(stream)) || !stream.isOpen();
    }

    private static Http2DataStreamSinkChannel answerOf(Http2ServerConnection stream) {
        return (Http2DataStreamSinkChannel) RESPONSE.get(stream);
    }

    /** Unlike that of a closed channel, this is false for an answer that was sent whole. */
    private static boolean wasReset(Http2DataStreamSinkChannel answer) {
        return RESET != null && (boolean) RESET.getVolatile(answer);
    }

    /**
     * Resets a stream: with CANCEL if its answer is not whole, with NO_ERROR if only the rest of
     * the request is not wanted. Ends the answer; says nothing on a stream that is reset already.
     */
    static void reset(Http2ServerConnection stream, HttpServerExchange exchange) {
        Http2Channel channel = (Http2Channel) CHANNEL.get(stream);
        Http2DataStreamSinkChannel answer = answerOf(stream);
        if (!wasReset(answer)) {
            // Undertow ends a connection that has sent 200 resets within 30 s, against clients
            // which provoke them (MAX_RST_FRAMES_PER_WINDOW). This one is no fault of the client,
            // and the connection may be a proxy's, with the requests of many.
            if (SENT_RESETS != null) {
                SENT_RESETS.getAndAdd(channel, -1); // sendRstStream adds one
            }
            channel.sendRstStream(
                    answer.getStreamId(),
                    exchange.isResponseComplete()
                            ? Http2Channel.ERROR_NO_ERROR
                            : Http2Channel.ERROR_CANCEL);
        }
        endIfReset(stream);
    }

    /**
     * Ends the answer if its stream was reset while it is held: its listeners are called, a further
     * write fails, and a thread that waits for it is woken. One that is being sent is left alone,
     * because the connection needs the rest of its frame; Undertow ends it after that. One that is
     * about to be held is found by a later call.
     *
     * <p>Not left to the I/O thread: a thread of the request that calls this then finds the answer
     * closed when it ends the exchange. If it were closed while that thread hands it over to a
     * listener, the listener would not be called (AbstractFramedStreamSinkChannel.close says it
     * once, to the listener of that moment, and resumeWrites after it does nothing).
     */
    static void endIfReset(Http2ServerConnection stream) {
        Http2DataStreamSinkChannel answer = answerOf(stream);
        if (HELD == null || !answer.isOpen() || !wasReset(answer)) {
            return;
        }
        Http2Channel channel = (Http2Channel) CHANNEL.get(stream);
        boolean held;
        // what guards the frames in Undertow: it neither sends nor moves one meanwhile
        synchronized (channel) {
            held = ((Deque<?>) HELD.get(channel)).remove(answer);
        }
        if (held) {
            IoUtils.safeClose(answer);
        }
    }

    /**
     * Whether the answer has ended: it was reset, or sent whole, or its connection is closed. A
     * reset of its stream does nothing any more.
     */
    static boolean isEnded(Http2ServerConnection stream) {
        return !answerOf(stream).isOpen();
    }
}
