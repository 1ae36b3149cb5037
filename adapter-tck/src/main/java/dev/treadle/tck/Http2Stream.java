package dev.treadle.tck;

import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One exchange on a {@link Http2Connection}: its request in pieces, its answer as far as the test
 * asks for it. For one thread that writes and one that reads.
 */
public final class Http2Stream {
    /** The length of a body that ends with {@link #sendEnd}. */
    public static final long UNKNOWN_LENGTH = -1;

    /** The error code of a client that does not want the answer any more. */
    public static final int CANCEL = 8;

    /** The error code of a server that has not worked on the request. */
    public static final int REFUSED_STREAM = 7;

    /** The length of a request without a body. */
    static final long NO_BODY = -2;

    private static final int NO_CODE = CutOffException.NONE;

    private final Http2Connection connection;
    private final int id;

    /** Bytes of the body that the test has not sent yet, or {@link #UNKNOWN_LENGTH}. */
    private long unsent;

    // what follows is guarded by the connection's state

    /** How many bytes the server takes on this stream before it grants more. */
    private long sendWindow;

    private final Deque<byte[]> received = new ArrayDeque<>();

    /** How many bytes of the first piece the test has taken. */
    private int offset;

    /** Bytes that the test has taken and that the server does not know of yet. */
    private int dueGrant;

    private @Nullable Map<String, String> headers;
    private int status;
    private boolean requestEnded;
    private boolean answerEnded;
    private int resetCode = NO_CODE;
    private boolean closed;

    Http2Stream(Http2Connection connection, int id, long length) {
        this.connection = connection;
        this.id = id;
        unsent = length;
    }

    /** Returns the id of the stream. */
    public int id() {
        return id;
    }

    /**
     * Sends bytes of the body, waiting for the server's windows. The last bytes of a known length
     * end the request.
     *
     * @throws CutOffException if the stream was reset or the connection has ended meanwhile
     */
    public Http2Stream sendBody(byte[] bytes) throws IOException {
        int sent = 0;
        while (sent < bytes.length) {
            int now = trySendBody(bytes, sent);
            sent += now;
            if (now == 0) {
                connection.await(
                        "a window for stream " + id,
                        () ->
                                resetCode != NO_CODE
                                        || Math.min(sendWindow, connection.connectionWindow()) > 0);
            }
        }
        return this;
    }

    /**
     * Sends as many of the bytes from {@code start} on as the server's windows allow at this
     * moment, one frame at the most. Never waits for a window.
     *
     * @return how many were sent; 0 if there is no window
     */
    public int trySendBody(byte[] bytes, int start) throws IOException {
        boolean last = bytes.length - start == unsent;
        int sent = connection.trySend(this, bytes, start, last);
        if (unsent != UNKNOWN_LENGTH) {
            unsent -= sent;
        }
        return sent;
    }

    /** Ends a body of unknown length. */
    public void sendEnd() throws IOException {
        connection.sendEnd(this);
    }

    /** Breaks the rule that a window has 31 bits, for which the server resets the stream. */
    public void grantTooMuch() throws IOException {
        connection.sendGrant(this, Integer.MAX_VALUE);
    }

    /** Resets the stream; the connection stays. */
    public void reset(int code) throws IOException {
        int unread =
                connection.change(() -> {
                    int left = countUnread();
                    received.clear();
                    offset = 0;
                    wasReset(code);
                    return left;
                });
        connection.sendReset(this, code);
        connection.taken(this, unread, false);
    }

    /** Waits for the head of the answer, and returns the status. */
    public int readHead() throws IOException {
        connection.await("the head of stream " + id, () -> headers != null || over());
        return connection.change(() -> {
            if (headers == null) {
                throw cutOff();
            }
            return status;
        });
    }

    /**
     * Reads up to {@code max} bytes of the answer's body, and grants the server as many. Waits for
     * one at least.
     *
     * @return how many were read, or -1 after END_STREAM
     * @throws CutOffException if the stream was reset or the connection has ended
     */
    public int readBody(byte[] buffer, int max) throws IOException {
        connection.await("bytes of stream " + id, () -> !received.isEmpty() || over());
        boolean[] goesOn = {false};
        int read =
                connection.change(() -> {
                    byte[] first = received.peek();
                    if (first == null) {
                        if (answerEnded) {
                            return -1;
                        }
                        throw cutOff();
                    }
                    int taken = Math.min(max, first.length - offset);
                    System.arraycopy(first, offset, buffer, 0, taken);
                    offset += taken;
                    if (offset == first.length) {
                        received.remove();
                        offset = 0;
                    }
                    goesOn[0] = !over();
                    return taken;
                });
        connection.taken(this, Math.max(read, 0), goesOn[0]);
        return read;
    }

    /** Reads the answer, or what is left of it, to its end. */
    public Client.Answer read() throws IOException {
        int answered = readHead();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buffer = new byte[16_384];
        for (int n = readBody(buffer, buffer.length); n >= 0; n = readBody(buffer, buffer.length)) {
            body.write(buffer, 0, n);
        }
        return new Client.Answer(answered, headers(), body.toByteArray());
    }

    /** Returns the headers of the answer, with names in lower case; empty until they have come. */
    public Map<String, String> headers() {
        return connection.locked(() -> headers == null ? Map.of() : headers);
    }

    /** Returns whether the answer is whole; a server may then still reset what it has not read. */
    public boolean answered() {
        return connection.locked(() -> answerEnded);
    }

    /** Returns whether the answer has ended, be it with END_STREAM or with a reset. */
    public boolean over() {
        return connection.locked(() -> answerEnded || resetCode != NO_CODE);
    }

    /**
     * Returns the code of the RST_STREAM that has ended the stream, from either side, or {@link
     * CutOffException#NONE}. A stream that the server will not look at any more after its GOAWAY
     * has {@link #REFUSED_STREAM}.
     */
    public int resetCode() {
        return connection.locked(() -> resetCode);
    }

    /** Returns how many bytes of the answer have come that the test has not read. */
    public int unread() {
        return connection.locked(this::countUnread);
    }

    // ---- for the connection, with its state

    private int countUnread() {
        return received.stream().mapToInt(piece -> piece.length).sum() - offset;
    }

    long sendWindow() {
        return sendWindow;
    }

    void addToSendWindow(long bytes) {
        sendWindow += bytes;
    }

    void headersCame(List<Header> block, boolean ends) {
        Map<String, String> read = new TreeMap<>();
        for (Header header : block) {
            read.put(header.getName().toLowerCase(Locale.ROOT), header.getValue());
        }
        String word = read.get(":status");
        // neither the informational answers before it (1xx) nor the trailers after it
        if (word != null && !word.startsWith("1")) {
            status = Integer.parseInt(word);
            headers = read;
        }
        if (ends) {
            answerEnded();
        }
    }

    /** Returns whether anybody will read these bytes. */
    boolean dataCame(byte[] bytes, boolean ends) {
        boolean wanted = resetCode == NO_CODE;
        if (wanted && bytes.length > 0) {
            received.add(bytes);
        }
        if (ends) {
            answerEnded();
        }
        return wanted;
    }

    void wasReset(int code) {
        if (!closed) {
            resetCode = code;
            close();
        }
    }

    void requestEnded() {
        requestEnded = true;
        if (answerEnded) {
            close();
        }
    }

    private void answerEnded() {
        answerEnded = true;
        if (requestEnded) {
            close();
        }
    }

    private void close() {
        if (!closed) {
            closed = true;
            connection.streamClosed();
        }
    }

    /** Returns how much the server is to be told now, once it is {@code atLeast} bytes. */
    int grant(int bytes, int atLeast) {
        dueGrant += bytes;
        if (dueGrant < atLeast) {
            return 0;
        }
        int due = dueGrant;
        dueGrant = 0;
        return due;
    }

    void assertWanted() throws CutOffException {
        if (resetCode != NO_CODE) {
            throw cutOff();
        }
    }

    private CutOffException cutOff() {
        return new CutOffException("stream " + id + " reset with code " + resetCode, resetCode);
    }
}
