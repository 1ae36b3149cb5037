package dev.treadle.tck;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Map;

/** One exchange at a time on a connection of HTTP/2, which may be shared with others. */
final class Http2Client implements Client {
    private final Http2Connection connection;
    private final boolean owned;
    private @Nullable Http2Stream stream;
    private boolean headUnfinished;

    /** A client that ends the connection with itself if it owns it. */
    Http2Client(Http2Connection connection, boolean owned) {
        this.connection = connection;
        this.owned = owned;
    }

    /** A client that shares the connection, and has sent a request on this stream. */
    Http2Client(Http2Connection connection, Http2Stream begun) {
        this(connection, false);
        stream = begun;
    }

    private Http2Stream current() {
        if (stream == null) {
            throw new IllegalStateException("nothing was sent");
        }
        return stream;
    }

    @Override
    public Http2Client sendGet(String path) throws IOException {
        stream = connection.get(path);
        return this;
    }

    @Override
    public Http2Client sendGet(String path, String header, String value) throws IOException {
        stream = connection.open(path, "GET", Http2Stream.NO_BODY, Map.of(header, value));
        return this;
    }

    @Override
    public Http2Client sendPost(String path, String contentType, long length) throws IOException {
        stream = connection.open(path, "POST", length, Map.of("content-type", contentType));
        return this;
    }

    @Override
    public Http2Client sendBody(byte[] piece) throws IOException {
        current().sendBody(piece);
        return this;
    }

    @Override
    public void sendPartOfAHead(String path) throws IOException {
        headUnfinished = true;
        connection.sendPartOfAHead(path);
    }

    @Override
    public Answer read() throws IOException {
        return current().read();
    }

    @Override
    public int readHead() throws IOException {
        return current().readHead();
    }

    @Override
    public int readBody(byte[] buffer, int max) throws IOException {
        return current().readBody(buffer, max);
    }

    @Override
    public boolean toldToLeave() {
        return connection.goneAway().isPresent() || connection.ended();
    }

    @Override
    public void abort() throws IOException {
        if (headUnfinished) {
            connection.reset(); // a RST_STREAM in the middle of a head is a fault of another kind
        } else {
            current().reset(Http2Stream.CANCEL);
        }
    }

    @Override
    public void reset() throws IOException {
        if (owned) {
            connection.reset();
        } else {
            abort();
        }
    }

    @Override
    public void close() throws IOException {
        if (owned) {
            connection.close();
        } else if (stream != null && !stream.over() && !connection.ended()) {
            stream.reset(Http2Stream.CANCEL);
        }
    }
}
