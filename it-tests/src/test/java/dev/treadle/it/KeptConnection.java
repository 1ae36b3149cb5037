package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A client of HTTP/1.1 that keeps its connection until the server says that it will close it. Other
 * than the client of the JDK it tries nothing a second time.
 */
final class KeptConnection implements Closeable {

    private final URI root;
    private Socket socket;
    private InputStream in;
    private String cookie = "";

    KeptConnection(URI root) throws IOException {
        this.root = root;
        socket = connected(root);
        in = new BufferedInputStream(socket.getInputStream());
    }

    private static Socket connected(URI root) throws IOException {
        Socket socket = new Socket(root.getHost(), root.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.setTcpNoDelay(true);
        return socket;
    }

    /**
     * Returns the body of the answer, which must be 200 and have a length.
     *
     * @throws IOException if there is no such answer
     */
    String get(String path) throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + cookie + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String status = line();
        int length = -1;
        boolean closes = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            } else if (lower.startsWith("set-cookie:")) {
                cookie = "Cookie: " + header.substring(11).strip().split(";", 2)[0] + "\r\n";
            } else if (lower.startsWith("connection:") && lower.contains("close")) {
                closes = true; // Tomcat's does after a hundred requests
            }
        }
        if (!status.startsWith("HTTP/1.1 200") || length < 0) {
            throw new IOException(status + ", length " + length);
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        if (closes) {
            close();
            socket = connected(root);
            in = new BufferedInputStream(socket.getInputStream());
        }
        return body;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("closed after: " + line);
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
