package dev.treadle.tck;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One HTTP/1.1 connection to the server under test, with control over every byte sent, over the
 * speed of reading, and over the end of the connection. Reads answers with a length or in chunks.
 * Not for several threads.
 */
public final class RawClient implements Client {
    /** The receive buffer of a client that reads slowly, in bytes. */
    static final int SMALL_BUFFER = 4_096;

    private static final int UNTIL_CLOSED = -1;

    private final Socket plain;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private Map<String, String> headers = Map.of();
    private boolean chunked;

    /** Bytes that are left of the body, or of the chunk; or {@link #UNTIL_CLOSED}. */
    private long left;

    /** Connects. */
    public RawClient(int port) throws IOException {
        this(port, 0);
    }

    /** Connects with a receive buffer of about {@code receiveBuffer} bytes; 0: the system's own. */
    public RawClient(int port, int receiveBuffer) throws IOException {
        this(Sockets.connect(port, receiveBuffer), false);
    }

    /** Connects over TLS, to a server with the certificate of {@link Tls}, without ALPN. */
    public static RawClient overTls(int port) throws IOException {
        return new RawClient(Sockets.connect(port, 0), true);
    }

    private RawClient(Socket connected, boolean tls) throws IOException {
        plain = connected;
        try {
            plain.setSoTimeout(Sockets.TIMEOUT_MILLIS);
            socket = tls ? Tls.client(plain, "") : plain;
            in = new BufferedInputStream(socket.getInputStream(), 1_024);
            out = socket.getOutputStream();
        } catch (IOException failed) {
            plain.close();
            throw failed;
        }
    }

    /** Sends text as it is. */
    public RawClient send(String text) throws IOException {
        return sendBody(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public RawClient sendBody(byte[] piece) throws IOException {
        out.write(piece);
        out.flush();
        return this;
    }

    /**
     * Sends a GET that keeps the connection alive; {@code headers} are whole lines with their ends.
     */
    public RawClient sendGet(String path, String headers) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    }

    @Override
    public RawClient sendGet(String path) throws IOException {
        return sendGet(path, "");
    }

    @Override
    public RawClient sendGet(String path, String header, String value) throws IOException {
        return sendGet(path, header + ": " + value + "\r\n");
    }

    @Override
    public RawClient sendPost(String path, String contentType, long length) throws IOException {
        return send(
                "POST "
                        + path
                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                        + contentType
                        + "\r\nContent-Length: "
                        + length
                        + "\r\n\r\n");
    }

    @Override
    public void sendPartOfAHead(String path) throws IOException {
        send("GET " + path + " HTTP/1.1\r\nHost: loc");
    }

    @Override
    public Answer read() throws IOException {
        int status = readHead();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buffer = new byte[8_192];
        for (int n = readBody(buffer, buffer.length); n >= 0; n = readBody(buffer, buffer.length)) {
            body.write(buffer, 0, n);
        }
        return new Answer(status, headers, body.toByteArray());
    }

    @Override
    public int readHead() throws IOException {
        String statusLine = line();
        Map<String, String> read = new TreeMap<>();
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            read.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        headers = read;
        chunked = "chunked".equals(headers.get("transfer-encoding"));
        left = chunked ? 0 : length(headers);
        return Integer.parseInt(statusLine.split(" ", 3)[1]);
    }

    private long length(Map<String, String> headers) {
        String length = headers.get("content-length");
        if (length != null) {
            return Long.parseLong(length);
        }
        return toldToLeave() ? UNTIL_CLOSED : 0;
    }

    @Override
    public int readBody(byte[] buffer, int max) throws IOException {
        if (chunked && left == 0) {
            left = Long.parseLong(line(), 16);
            if (left == 0) {
                line();
                chunked = false;
            }
        }
        if (left == 0) {
            return -1;
        }
        int asked = left == UNTIL_CLOSED ? max : (int) Math.min(max, left);
        int read = in.read(buffer, 0, asked);
        if (left == UNTIL_CLOSED) {
            return read;
        }
        if (read < 0) {
            throw new CutOffException("connection closed, " + left + " bytes before the end");
        }
        left -= read;
        if (chunked && left == 0) {
            line();
        }
        return read;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new CutOffException("connection closed after: " + line);
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /**
     * Reads up to {@code max} raw bytes, without parsing them; returns how many, or -1 at the end
     * of the connection.
     */
    public int readSome(byte[] buffer, int max) throws IOException {
        return in.read(buffer, 0, max);
    }

    /** Returns a header of the last answer by its lower-case name, or null. */
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public boolean toldToLeave() {
        return "close".equalsIgnoreCase(headers.get("connection"));
    }

    @Override
    public void abort() throws IOException {
        reset();
    }

    /**
     * Ends the connection with a reset, as a client does that crashes or gives up with data unread.
     */
    @Override
    public void reset() throws IOException {
        Sockets.reset(plain);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
