package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;

/** Sends bytes that no client library would send, and reads what comes back. */
final class RawHttp {

    private RawHttp() {}

    /**
     * Sends a request as it stands there and returns the answer, head and body.
     *
     * @param request its lines, each with its CRLF; {@code Connection: close} ends the wait
     */
    static String send(URI root, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), root.getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), ISO_8859_1);
        }
    }

    /** Gets a target with these header lines, and closes the connection. */
    static String get(URI root, String target, String... headers) throws IOException {
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: here\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return send(root, request + "Connection: close\r\n\r\n");
    }

    /** Sends what is the whole request or its beginning, and returns the status of the answer. */
    static int statusOf(URI root, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), root.getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return Integer.parseInt(new String(line, ISO_8859_1).split(" ", 3)[1]);
        }
    }

    /** Returns the status of an answer. */
    static int status(String answer) {
        return Integer.parseInt(answer.split(" ", 3)[1]);
    }
}
