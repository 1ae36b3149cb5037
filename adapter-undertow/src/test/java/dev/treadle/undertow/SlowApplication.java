package dev.treadle.undertow;

import static org.awaitility.Awaitility.await;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;

import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.Channels;
import org.xnio.channels.StreamSourceChannel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads and writes as clients let it: {@code /hello}, {@code /upload}, {@code /big}, {@code
 * /timed}.
 */
final class SlowApplication implements HttpHandler {
    /** More than fits into the buffers of a connection. */
    static final int BIG = 2_000_000;

    private final HttpHandler blocking = new BlockingHandler(this::serve);
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final Queue<HttpServerExchange> exchanges = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean interrupted;

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (exchange.getRequestPath().equals("/timed")) {
            timed(exchange);
        } else {
            blocking.handleRequest(exchange);
        }
    }

    private void timed(HttpServerExchange exchange) throws IOException {
        StreamSourceChannel body = exchange.getRequestChannel();
        ByteBuffer buffer = ByteBuffer.allocate(100);
        int first = Channels.readBlocking(body, buffer, 10, TimeUnit.SECONDS);
        int second = Channels.readBlocking(body, buffer, 100, TimeUnit.MILLISECONDS);
        if (first > 0 && second == 0) {
            failed(new IOException("no more within 100 ms"));
        }
        exchange.setStatusCode(500);
    }

    private void serve(HttpServerExchange exchange) throws IOException {
        String path = exchange.getRequestPath();
        if (path.equals("/hello")) {
            exchange.getResponseSender().send("hello");
            return;
        }
        threads.add(Thread.currentThread());
        exchanges.add(exchange);
        try {
            if (path.equals("/upload")) {
                upload(exchange);
            } else {
                big(exchange);
            }
        } catch (IOException | RuntimeException failed) {
            failed(failed);
            throw failed;
        } finally {
            threads.remove(Thread.currentThread());
            exchanges.remove(exchange);
        }
    }

    private static void upload(HttpServerExchange exchange) throws IOException {
        InputStream body = exchange.getInputStream();
        byte[] buffer = new byte[100];
        int total = 0;
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            total += n;
        }
        exchange.getResponseSender().send("read " + total);
    }

    private static void big(HttpServerExchange exchange) throws IOException {
        exchange.setResponseContentLength(BIG);
        byte[] piece = new byte[10_000];
        OutputStream out = exchange.getOutputStream();
        for (int left = BIG; left > 0; left -= piece.length) {
            out.write(piece, 0, Math.min(left, piece.length));
        }
    }

    private void failed(Throwable thrown) {
        interrupted = Thread.currentThread().isInterrupted();
        failure.set(thrown);
    }

    /** Waits until so many requests are inside, and all of their threads parked. */
    void untilParked(int count) {
        await("parked: " + count)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(20))
                .until(() ->
                        threads.size() == count
                                && threads.stream().allMatch(SlowApplication::isParked));
    }

    private static boolean isParked(Thread thread) {
        return thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING;
    }

    @Nullable Throwable failure() {
        return failure.get();
    }

    boolean wasInterrupted() {
        return interrupted;
    }

    void forget() {
        failure.set(null);
        interrupted = false;
    }

    void closeConnections() {
        for (HttpServerExchange exchange : exchanges) {
            IoUtils.safeClose(exchange.getConnection());
        }
    }
}
