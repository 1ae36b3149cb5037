package dev.treadle.tck;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One connection to the server under test, with control over every byte: what is sent when, how
 * slowly the answer is read, and how the connection ends. Reads HTTP/1.1 answers with a length or
 * in chunks. Not for several threads.
 */
public final class RawClient implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 60_000;

    /** An answer. */
    public static final class Answer {
        private final int status;
        private final Map<String, String> headers;
        private final byte[] body;

        private Answer(int status, Map<String, String> headers, byte[] body) {
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

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** Connects. */
    public RawClient(int port) throws IOException {
        this(port, 0);
    }

    /** Connects with a receive buffer of about {@code receiveBuffer} bytes; 0: the system's own. */
    public RawClient(int port, int receiveBuffer) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Socket opened = new Socket();
        try {
            if (receiveBuffer > 0) {
                opened.setReceiveBufferSize(receiveBuffer);
            }
            opened.setSoTimeout(READ_TIMEOUT_MILLIS);
            opened.setTcpNoDelay(true);
            opened.connect(address, READ_TIMEOUT_MILLIS);
        } catch (IOException failed) {
            opened.close();
            throw failed;
        }
        socket = opened;
        in = new BufferedInputStream(socket.getInputStream(), 1_024);
        out = socket.getOutputStream();
    }

    /** Sends text as it is. */
    public RawClient send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return this;
    }

    /**
     * Sends a GET that keeps the connection alive; {@code headers} are whole lines with their ends.
     */
    public RawClient sendGet(String path, String headers) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    }

    /** Sends a GET and reads the answer. */
    public Answer get(String path) throws IOException {
        return sendGet(path, "").read();
    }

    /** Reads one answer. */
    public Answer read() throws IOException {
        String statusLine = line();
        int status = Integer.parseInt(statusLine.split(" ", 3)[1]);
        Map<String, String> headers = new TreeMap<>();
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        return new Answer(status, headers, body(headers));
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = Integer.parseInt(line(), 16);
                    size > 0;
                    size = Integer.parseInt(line(), 16)) {
                body.write(exactly(size));
                line();
            }
            line();
            return body.toByteArray();
        }
        String length = headers.get("content-length");
        if (length != null) {
            return exactly(Integer.parseInt(length));
        }
        return "close".equalsIgnoreCase(headers.get("connection"))
                ? in.readAllBytes()
                : new byte[0];
    }

    private byte[] exactly(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException(
                    "connection closed after "
                            + bytes.length
                            + " of "
                            + size
                            + " bytes of the body");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("connection closed after: " + line);
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads up to {@code max} raw bytes; returns how many, or -1 at the end of the connection. */
    public int readSome(byte[] buffer, int max) throws IOException {
        return in.read(buffer, 0, max);
    }

    /** Reads the status line and the headers, and leaves the body in the connection. */
    public int readHead() throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        while (!line().isEmpty()) {
            // headers are not looked at here
        }
        return status;
    }

    /**
     * Ends the connection with a reset, as a client does that crashes or gives up with data unread.
     */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
