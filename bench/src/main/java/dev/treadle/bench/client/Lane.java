package dev.treadle.bench.client;

import org.HdrHistogram.Histogram;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/** One connection that stays open, with blocking requests. Used by one thread at a time. */
public final class Lane implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final String LENGTH = "content-length:";

    private final Socket socket;
    private final InputStream in;

    /**
     * Connects.
     *
     * @param number of the connection among those of this process
     */
    public Lane(int port, int number) throws IOException {
        socket = new Socket();
        try {
            socket.bind(Requests.source(number));
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(Requests.server(port));
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
    }

    /**
     * Asks once and returns the body.
     *
     * @throws IOException if the answer is not 200, or none comes
     */
    public String ask(String path) throws IOException {
        socket.getOutputStream().write(Requests.get(path));
        String status = line();
        int length = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            if (header.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
                length = Integer.parseInt(header.substring(LENGTH.length()).strip());
            }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException(path + ": " + status + " (expected: 200)");
        }
        return body;
    }

    /**
     * Asks evenly for a time. A request has its time to be sent, and its latency counts from then.
     *
     * @param startNanos the time of the first, by {@link System#nanoTime}
     * @param everyNanos from one to the next
     * @param endNanos no request is due later
     * @return latencies in microseconds
     */
    public Histogram askEvenly(String path, long startNanos, long everyNanos, long endNanos)
            throws IOException {
        Histogram micros = new Histogram(3);
        for (long due = startNanos; due - endNanos < 0; due += everyNanos) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            String unused = ask(path);
            micros.recordValue(Math.max(0, (System.nanoTime() - due) / 1_000));
        }
        return micros;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
