package dev.treadle.bench.server;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Connections to the slow third party, kept open and reused, the one that was used last first. A
 * plain socket and a plain queue, the same for all servers, so that no HTTP client is measured.
 */
final class UpstreamPool {
    private final Deque<Socket> idle = new ConcurrentLinkedDeque<>();

    /** Asks the third party at {@code port} to answer after {@code millis}, and waits for it. */
    void ask(int port, int millis) throws IOException {
        Socket socket = connection(port);
        boolean reusable = false;
        try {
            socket.getOutputStream().write((millis + "\n").getBytes(StandardCharsets.US_ASCII));
            readLine(socket.getInputStream());
            reusable = true;
        } finally {
            if (reusable) {
                idle.addFirst(socket);
            } else {
                socket.close();
            }
        }
    }

    private Socket connection(int port) throws IOException {
        @Nullable Socket pooled = idle.pollFirst();
        if (pooled != null) {
            return pooled;
        }
        Socket made = new Socket();
        made.setTcpNoDelay(true);
        made.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return made;
    }

    private static void readLine(InputStream in) throws IOException {
        byte[] buffer = new byte[64];
        int count;
        do {
            count = in.read(buffer);
            if (count < 0) {
                throw new EOFException("the third party closed the connection");
            }
        } while (buffer[count - 1] != '\n');
    }
}
