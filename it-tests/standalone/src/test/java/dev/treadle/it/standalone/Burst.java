package dev.treadle.it.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many clients at once, each with one request on a connection of its own. */
final class Burst {
    private static final String REQUEST =
            "GET /sleep HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";

    private Burst() {}

    /** Returns the time from the start of all to the last answer; fails unless each is 200. */
    static Duration run(int port, int clients) throws IOException, InterruptedException {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<String>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                answers.add(
                        threads.submit(() -> {
                            start.await();
                            return request(port);
                        }));
            }
            long begin = System.nanoTime();
            start.countDown();
            for (Future<String> answer : answers) {
                String text = answer.get();
                if (!text.startsWith("HTTP/1.1 200") || !text.contains("slept")) {
                    throw new IOException("an answer: " + text);
                }
            }
            return Duration.ofNanos(System.nanoTime() - begin);
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause());
        }
    }

    private static String request(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
