package dev.treadle.it.agent;

import java.io.IOException;
import java.net.ConnectException;
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
import java.util.function.IntFunction;

/** Clients with one request each, on a connection of its own. */
final class Clients {
    private static final int TIMEOUT_MILLIS = 120_000;

    private Clients() {}

    /** All answers, and the time from the start of all to the last. */
    record Burst(List<String> answers, Duration time) {}

    /** Sends many requests at once. */
    static Burst burst(int port, String path, int clients)
            throws IOException, InterruptedException {
        return burst(port, clients, client -> path);
    }

    /**
     * Sends many requests at once, each with a path of its own.
     *
     * @param path of the client with this number, from 0 on
     */
    static Burst burst(int port, int clients, IntFunction<String> path)
            throws IOException, InterruptedException {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<String>> answers = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                String own = path.apply(i);
                answers.add(
                        threads.submit(() -> {
                            start.await();
                            return get(port, own);
                        }));
            }
            long begin = System.nanoTime();
            start.countDown();
            for (Future<String> answer : answers) {
                texts.add(answer.get());
            }
            return new Burst(texts, Duration.ofNanos(System.nanoTime() - begin));
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause());
        }
    }

    /** Whether nothing listens on the port any more. */
    static boolean isRefused(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (ConnectException refused) {
            return true;
        } catch (IOException other) {
            return false;
        }
    }

    /** Sends a request, and returns the whole answer. */
    static String get(int port, String path) throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
