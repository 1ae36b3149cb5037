package dev.treadle.launcher.demo;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The clients: as {@code ab -c CONCURRENCY -n REQUESTS} they open a connection for each request,
 * all at once, and the next one when an answer is complete. One thread and one selector, since the
 * clients share the machine with the server they measure. Used once, by one thread.
 */
final class LoadLoop {
    private static final long TICK_MILLIS = 100;

    private final InetSocketAddress server;
    private final int requests;
    private final long patienceNanos;
    private final byte[] request;
    private final IntConsumer progress;
    private final Histogram micros = new Histogram(3);
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(4_096);

    private int opened;
    private int ok;
    private int failed;
    private @Nullable String firstProblem;

    /**
     * @param patience after this time without any response of the server, the remaining requests
     *     count as failed
     * @param progress is told now and then how many requests are over
     */
    LoadLoop(InetSocketAddress server, int requests, Duration patience, IntConsumer progress) {
        this.server = server;
        this.requests = requests;
        this.patienceNanos = patience.toNanos();
        this.progress = progress;
        this.request =
                ("GET / HTTP/1.1\r\nHost: "
                                + server.getHostString()
                                + "\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
    }

    LoadResult run(int concurrency) throws IOException {
        long start = System.nanoTime();
        try (Selector selector = Selector.open()) {
            while (opened < Math.min(concurrency, requests)) {
                open(selector);
            }
            exchangeAll(selector);
            for (SelectionKey left : List.copyOf(selector.keys())) {
                left.channel().close();
            }
        }
        Duration wall = Duration.ofNanos(System.nanoTime() - start);
        return new LoadResult(wall, ok, failed, millis(50), millis(99), firstProblem);
    }

    private double millis(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1e3;
    }

    private void exchangeAll(Selector selector) throws IOException {
        long lastSign = System.nanoTime();
        while (ok + failed < requests) {
            int ready = selector.select(key -> advance(selector, key), TICK_MILLIS);
            progress.accept(ok + failed);
            long now = System.nanoTime();
            if (ready > 0) {
                lastSign = now;
            } else if (now - lastSign > patienceNanos) {
                problem(
                        "no sign of the server for "
                                + Duration.ofNanos(patienceNanos).toSeconds()
                                + " s");
                failed = requests - ok;
            }
        }
    }

    private void open(Selector selector) {
        opened++;
        Exchange exchange = new Exchange(request, System.nanoTime());
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            boolean connected = channel.connect(server);
            channel.register(
                    selector,
                    connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT,
                    exchange);
        } catch (IOException refused) {
            failed++;
            problem(refused.toString());
            closeQuietly(channel);
        }
    }

    private void advance(Selector selector, SelectionKey key) {
        Exchange exchange = (Exchange) key.attachment();
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (!complete(key, channel, exchange)) {
                return;
            }
            record(exchange);
        } catch (IOException broken) {
            failed++;
            problem(broken.toString());
        }
        closeQuietly(channel);
        if (opened < requests) {
            open(selector);
        }
    }

    private boolean complete(SelectionKey key, SocketChannel channel, Exchange exchange)
            throws IOException {
        if (key.isConnectable()) {
            channel.finishConnect();
        }
        if (exchange.request().hasRemaining()) {
            channel.write(exchange.request());
            key.interestOps(
                    exchange.request().hasRemaining()
                            ? SelectionKey.OP_WRITE
                            : SelectionKey.OP_READ);
            return false;
        }
        int count = channel.read(bytes.clear());
        if (count > 0) {
            exchange.received(bytes.flip());
        }
        return count < 0;
    }

    private void record(Exchange exchange) {
        if (exchange.ok()) {
            ok++;
            micros.recordValue((System.nanoTime() - exchange.startNanos()) / 1_000);
        } else {
            failed++;
            problem(exchange.statusLine());
        }
    }

    private void problem(String what) {
        if (firstProblem == null) {
            firstProblem = what;
        }
    }

    private void closeQuietly(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException broken) {
            // the request is counted already; how its socket ends is for the record only
            problem("closing a connection: " + broken);
        }
    }
}
