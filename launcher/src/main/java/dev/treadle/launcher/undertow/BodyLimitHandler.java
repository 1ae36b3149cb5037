package dev.treadle.launcher.undertow;

import dev.treadle.launcher.host.BodyLimit;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.StatusCodes;

import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Answers 413 to a request with a larger body than allowed: at once if its length is known, else
 * when the application has read so much. Reading on fails. Undertow's own limit is not used, since
 * it closes the connection of a body in chunks without an answer.
 */
final class BodyLimitHandler implements HttpHandler {
    private final HttpHandler next;
    private final BodyLimit limit;

    BodyLimitHandler(HttpHandler next, BodyLimit limit) {
        this.next = next;
        this.limit = limit;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        long length = exchange.getRequestContentLength();
        if (length > limit.bytes()) {
            answer(exchange);
            return;
        }
        if (length < 0) {
            exchange.addRequestWrapper((factory, of) -> new Counting(factory.create(), of, limit));
        }
        next.handleRequest(exchange);
    }

    /** Before anything of the body: what comes of it is then dropped. */
    private static void answer(HttpServerExchange exchange) throws IOException {
        exchange.setStatusCode(BodyLimit.CONTENT_TOO_LARGE);
        exchange.setPersistent(false);
        exchange.startBlocking();
        exchange.getOutputStream().close();
        exchange.endExchange();
    }

    /**
     * Counts what is read; what comes after the answer has begun is dropped by Undertow. Its
     * servlets answer 500 to a failure of the application, whatever the cause.
     */
    private static final class Counting extends AbstractStreamSourceConduit<StreamSourceConduit> {
        private final HttpServerExchange exchange;
        private final BodyLimit limit;
        private long read;

        Counting(StreamSourceConduit from, HttpServerExchange exchange, BodyLimit limit) {
            super(from);
            this.exchange = exchange;
            this.limit = limit;
            exchange.addResponseCommitListener(committing -> {
                if (read > limit.bytes()
                        && committing.getStatusCode() == StatusCodes.INTERNAL_SERVER_ERROR) {
                    committing.setStatusCode(BodyLimit.CONTENT_TOO_LARGE);
                }
            });
        }

        private long counted(long count) throws IOException {
            read += Math.max(0, count);
            requireRoom();
            return count;
        }

        private void requireRoom() throws IOException {
            if (read > limit.bytes() && !exchange.isResponseStarted()) {
                throw new RequestTooBigException(
                        "the body of the request is larger than --max-post, "
                                + limit.bytes()
                                + " bytes");
            }
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            requireRoom();
            return (int) counted(super.read(to));
        }

        @Override
        public long read(ByteBuffer[] to, int offset, int length) throws IOException {
            requireRoom();
            return counted(super.read(to, offset, length));
        }

        @Override
        public long transferTo(long position, long count, FileChannel to) throws IOException {
            requireRoom();
            return counted(super.transferTo(position, count, to));
        }

        @Override
        public long transferTo(long count, ByteBuffer through, StreamSinkChannel to)
                throws IOException {
            requireRoom();
            long moved = super.transferTo(count, through, to);
            counted(Math.max(0, moved) + through.remaining());
            return moved;
        }
    }
}
