package dev.treadle.bench.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** An HTTP server whose answers are written down beforehand. */
final class ScriptedServer implements AutoCloseable {
    /** No answer, as long as the client waits. */
    static final String SILENCE = "";

    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final ServerSocket acceptor;
    private final IntFunction<String> script;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    // counted down by each connection that its client closes
    private final CountDownLatch left;

    /**
     * @param script the answer to the request of that number, from 1
     * @param leaving how many clients are expected to close their connection
     */
    ScriptedServer(IntFunction<String> script, int leaving) throws IOException {
        this.script = script;
        this.left = new CountDownLatch(leaving);
        acceptor = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::accept);
    }

    static String status(int status) {
        return "HTTP/1.1 " + status + " Whatever\r\nContent-Length: 0\r\n\r\n";
    }

    static String closing(int status) {
        return status(status).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    }

    int port() {
        return acceptor.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    int requests() {
        return requests.get();
    }

    void awaitLeft() throws InterruptedException {
        left.await();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = acceptor.accept();
                connections.incrementAndGet();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the end of the test
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            OutputStream out = socket.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    String answer = script.apply(requests.incrementAndGet());
                    out.write(answer.getBytes(StandardCharsets.US_ASCII));
                    if (answer.contains("Connection: close")) {
                        return;
                    }
                }
            }
        } catch (IOException broken) {
            // so the client has left, too
        }
        left.countDown();
    }

    @Override
    public void close() throws IOException {
        acceptor.close();
    }
}
