package dev.treadle.undertow;

import io.undertow.Version;
import io.undertow.protocols.http2.Http2StreamSourceChannel;
import io.undertow.server.protocol.framed.AbstractFramedStreamSourceChannel;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Deque;

/**
 * Tells whether the body of a stream of HTTP/2 has something to read. {@code
 * AbstractFramedStreamSourceChannel.resumeReads} (Undertow 2.3.26) calls the read listener once
 * whether there is something or not. A thread that takes this call for news finds nothing, waits
 * again, and so asks again and again until the client goes on.
 */
final class Http2Body {
    private static final Logger LOG = System.getLogger("dev.treadle.undertow");
    private static final Class<?> FRAMED = AbstractFramedStreamSourceChannel.class;

    /** Null if the fields cannot be read: then each call of the listener counts as news. */
    private static final @Nullable Http2Body FIELDS = fields();

    private final VarHandle data;
    private final VarHandle pending;
    private final VarHandle remaining;
    private final VarHandle waiting;
    private final VarHandle state;
    private final int broken;

    private Http2Body(MethodHandles.Lookup lookup) throws ReflectiveOperationException {
        data = field(lookup, "data");
        pending = field(lookup, "pendingFrameData");
        remaining = field(lookup, "frameDataRemaining");
        waiting = field(lookup, "waitingForFrame");
        state = field(lookup, "state");
        broken = (int) lookup.findStaticVarHandle(FRAMED, "STATE_STREAM_BROKEN", int.class).get();
    }

    private static VarHandle field(MethodHandles.Lookup lookup, String name)
            throws ReflectiveOperationException {
        return lookup.unreflectVarHandle(FRAMED.getDeclaredField(name));
    }

    private static @Nullable Http2Body fields() {
        try {
            return new Http2Body(MethodHandles.privateLookupIn(FRAMED, MethodHandles.lookup()));
        } catch (ReflectiveOperationException | ClassCastException missing) {
            LOG.log(
                    Level.WARNING,
                    "Undertow "
                            + Version.getVersionString()
                            + ": cannot see whether a body of HTTP/2 has something to read"
                            + " (expected: Undertow 2.3); a request that waits for its body uses"
                            + " the CPU meanwhile",
                    missing);
            return null;
        }
    }

    /**
     * Returns whether a read would neither find bytes nor the end nor a failure. Only for the I/O
     * thread, while the thread that reads waits: frames are added by the I/O thread, and taken by
     * that one.
     */
    static boolean isEmpty(Http2StreamSourceChannel body) {
        return FIELDS != null && FIELDS.sees(body);
    }

    private boolean sees(Http2StreamSourceChannel body) {
        return body.isOpen()
                && ((int) state.get(body) & broken) == 0
                && data.get(body) == null
                && ((Deque<?>) pending.get(body)).isEmpty()
                && ((boolean) waiting.getVolatile(body) || (long) remaining.get(body) > 0);
    }
}
