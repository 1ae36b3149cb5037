package dev.treadle.tck;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A client of the server under test that has one exchange at a time, over any protocol. The test
 * decides when it sends, how slowly it reads the answer, and how it leaves. Not for several
 * threads.
 *
 * <p>A read waits for at most 60 s and then throws {@link java.net.SocketTimeoutException}. An
 * answer that is cut off is a {@link CutOffException}, never a short body.
 */
public interface Client extends AutoCloseable {
    /** An answer that has arrived whole. */
    final class Answer {
        private final int status;
        private final Map<String, String> headers;
        private final byte[] body;

        Answer(int status, Map<String, String> headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        /** Returns the status code. */
        public int status() {
            return status;
        }

        byte[] body() {
            return body;
        }

        /** Returns the body as text. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** Returns a header by its lower-case name, or null. */
        public @Nullable String header(String name) {
            return headers.get(name);
        }
    }

    /** Sends a GET after which the connection stays usable. */
    Client sendGet(String path) throws IOException;

    /** Sends a GET with one more header. */
    Client sendGet(String path, String header, String value) throws IOException;

    /** Sends the head of a POST with a body of {@code length} bytes. */
    default Client sendPost(String path, long length) throws IOException {
        return sendPost(path, "application/octet-stream", length);
    }

    /** Sends the head of a POST with a body of {@code length} bytes. */
    Client sendPost(String path, String contentType, long length) throws IOException;

    /**
     * Sends a piece of the body; the request ends with the last of its bytes. Over HTTP/2 this
     * waits for the server's windows.
     *
     * @throws CutOffException if the server has ended the stream or the connection meanwhile
     */
    Client sendBody(byte[] piece) throws IOException;

    /** Sends a piece of the body. */
    default Client sendBody(String piece) throws IOException {
        return sendBody(piece.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Sends the beginning of the head of a GET, and nothing of the rest. Nothing but an end of the
     * connection may follow, which is not for a client that shares it.
     */
    void sendPartOfAHead(String path) throws IOException;

    /** Sends a GET and reads the answer. */
    default Answer get(String path) throws IOException {
        return sendGet(path).read();
    }

    /** Reads the answer, or what is left of it, to its end. */
    Answer read() throws IOException;

    /** Reads status and headers, and leaves the body where it is. Returns the status. */
    int readHead() throws IOException;

    /**
     * Reads up to {@code max} bytes of the body, after {@link #readHead}. Waits for one at least.
     *
     * @return how many were read, or -1 at the end of a whole body
     * @throws CutOffException if the answer ends before its end
     */
    int readBody(byte[] buffer, int max) throws IOException;

    /**
     * Returns whether the server has said that this connection takes no more requests: {@code
     * Connection: close} in the last answer, or GOAWAY. Over HTTP/2 it may say so at any time.
     */
    boolean toldToLeave();

    /**
     * Gives up the exchange as this protocol does it: HTTP/1.1 resets the connection, HTTP/2 resets
     * the stream and keeps the connection.
     */
    void abort() throws IOException;

    /**
     * Ends the connection with a reset, as a client does that crashes; one that shares its
     * connection resets its stream.
     */
    void reset() throws IOException;

    /** Ends the connection; one that shares its connection resets its stream, if it goes on. */
    @Override
    void close() throws IOException;
}
