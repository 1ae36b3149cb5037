package dev.treadle.it.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Requests that are inside an application, or wait to be, until they are let go. Each has a
 * connection of its own.
 */
public final class HeldRequests implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 120_000;
    private static final String REQUEST =
            "GET /hold HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";

    private static final Pattern INSIDE_OR_REFUSED = Pattern.compile("inside: .*\n|^HTTP/1.1 [^2]");
    private static final Pattern NEVER = Pattern.compile("(?!)");

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<String>> answers = new ArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final Path application;

    /**
     * @param application the directory of the application, where a file is the signal
     */
    public HeldRequests(Path application, int port, int count) {
        this(application, 1, port, count);
    }

    /**
     * @param application the directory of the application, where a file is the signal
     * @param host the last number of an address of the loopback network
     */
    public HeldRequests(Path application, int host, int port, int count) {
        this.application = application;
        add(host, port, count);
    }

    /**
     * Sends more of them.
     *
     * @param host the last number of an address of the loopback network
     */
    public void add(int host, int port, int count) {
        for (int i = 0; i < count; i++) {
            answers.add(clients.submit(() -> request(host, port)));
        }
    }

    private String request(int host, int port) throws IOException {
        try (Socket socket = new Socket("127.0.0." + host, port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder answer = new StringBuilder();
            readUntil(socket.getInputStream(), answer, INSIDE_OR_REFUSED);
            if (answer.indexOf(" 200") >= 0) {
                inside.incrementAndGet();
                readUntil(socket.getInputStream(), answer, NEVER);
            }
            return answer.toString();
        } finally {
            answered.incrementAndGet();
        }
    }

    /** Reads until the pattern is there, or to the end. */
    private static void readUntil(InputStream from, StringBuilder answer, Pattern pattern)
            throws IOException {
        byte[] bytes = new byte[1024];
        while (!pattern.matcher(answer).find()) {
            int n = from.read(bytes);
            if (n < 0) {
                return;
            }
            answer.append(new String(bytes, 0, n, StandardCharsets.ISO_8859_1));
        }
    }

    /** How many are inside the application, by its own word. */
    public int inside() {
        return inside.get();
    }

    /** How many have their answer. */
    public int answered() {
        return answered.get();
    }

    /** Lets all go, and returns all answers. */
    public List<String> release() throws IOException, InterruptedException {
        Files.write(application.resolve("release"), new byte[0]);
        List<String> texts = new ArrayList<>();
        for (Future<String> answer : answers) {
            try {
                texts.add(answer.get());
            } catch (ExecutionException failed) {
                throw new IOException(failed.getCause());
            }
        }
        return texts;
    }

    @Override
    public void close() {
        clients.shutdownNow();
        clients.close();
    }
}
