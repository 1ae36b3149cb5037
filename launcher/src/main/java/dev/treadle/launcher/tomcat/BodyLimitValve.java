package dev.treadle.launcher.tomcat;

import dev.treadle.launcher.host.BodyLimit;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;

import org.apache.catalina.AccessLog;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.BadRequestException;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Answers 413 to a request with a larger body than allowed: at once if its length is known, else
 * when the application has read so much. Reading on fails. To be put into each application, so that
 * its page for errors is used.
 */
final class BodyLimitValve extends ValveBase {
    private final BodyLimit limit;

    BodyLimitValve(BodyLimit limit) {
        super(true);
        this.limit = limit;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (request.getContentLengthLong() > limit.bytes()) {
            awaitBody(request);
            response.sendError(BodyLimit.CONTENT_TOO_LARGE);
            return;
        }
        Counting counting = Counting.of(request, limit);
        try {
            getNext().invoke(request, response);
        } finally {
            if (counting.exceeded && !response.isCommitted()) {
                request.removeAttribute(RequestDispatcher.ERROR_EXCEPTION);
                response.reset();
                response.sendError(BodyLimit.CONTENT_TOO_LARGE);
            }
        }
    }

    /**
     * Tomcat resets a stream of HTTP/2 in place of the answer if a body comes that nobody has begun
     * to read (Stream.receivedData, 10.1 and 11).
     */
    private static void awaitBody(Request request) throws IOException {
        if (request.getProtocol().equals("HTTP/2.0")) {
            request.getCoyoteRequest().doRead(new Dropped());
        }
    }

    /** What is read only to be dropped. */
    private static final class Dropped implements ApplicationBufferHandler {
        private ByteBuffer bytes = ByteBuffer.allocate(0);

        @Override
        public void setByteBuffer(ByteBuffer buffer) {
            bytes = buffer;
        }

        @Override
        public ByteBuffer getByteBuffer() {
            return bytes;
        }

        @Override
        public void expand(int size) {}
    }

    /**
     * Takes the counting out of a request that is over, asynchronous or not: Tomcat uses its
     * objects for another request, and expects its own there.
     */
    static final class End extends ValveBase implements AccessLog {
        /** To be added to the engine. */
        End() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response)
                throws IOException, ServletException {
            getNext().invoke(request, response);
        }

        @Override
        public void log(Request request, Response response, long nanos) {
            org.apache.coyote.Request coyote = request.getCoyoteRequest();
            if (coyote.getInputBuffer() instanceof Counting counting) {
                coyote.setInputBuffer(counting.from);
            }
        }

        @Override
        public void setRequestAttributesEnabled(boolean enabled) {}

        @Override
        public boolean getRequestAttributesEnabled() {
            return false;
        }
    }

    /** Counts what is read of a body. */
    private static final class Counting implements InputBuffer {
        private final InputBuffer from;
        private final BodyLimit limit;
        private long read;
        private boolean exceeded;

        private Counting(InputBuffer from, BodyLimit limit) {
            this.from = from;
            this.limit = limit;
        }

        /** An asynchronous dispatch comes to the valve once more, and counts on. */
        static Counting of(Request request, BodyLimit limit) {
            org.apache.coyote.Request coyote = request.getCoyoteRequest();
            InputBuffer present = coyote.getInputBuffer();
            if (!(present instanceof Counting known)) {
                Counting made = new Counting(present, limit);
                coyote.setInputBuffer(made);
                return made;
            }
            return known;
        }

        @Override
        public int doRead(ApplicationBufferHandler handler) throws IOException {
            if (exceeded) {
                throw tooLarge();
            }
            int count = from.doRead(handler);
            read += Math.max(0, count);
            if (read > limit.bytes()) {
                exceeded = true;
                throw tooLarge();
            }
            return count;
        }

        private IOException tooLarge() {
            // of another IOException Tomcat takes it that the client has left, and answers nothing
            return new BadRequestException(
                    "the body of the request is larger than --max-post, "
                            + limit.bytes()
                            + " bytes");
        }

        @Override
        public int available() {
            return from.available();
        }
    }
}
