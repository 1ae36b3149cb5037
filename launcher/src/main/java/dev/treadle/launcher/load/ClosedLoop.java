package dev.treadle.launcher.load;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * Clients that each send the next request when they have the answer to the last one, as {@code ab
 * -c CONNECTIONS -n REQUESTS} does. They connect all at once, and the latency of a client's first
 * request has its connecting in it. One thread and one selector, since the clients share the
 * machine with the server they measure. Used once, by one thread.
 */
public final class ClosedLoop {
    private static final long TICK_MILLIS = 100;

    private final InetSocketAddress server;
    private final String path;
    private final long patienceNanos;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(16_384);
    private final Histogram micros = new Histogram(3);
    private IntFunction<@Nullable SocketAddress> sources = number -> null;
    private IntConsumer progress = over -> {};
    private boolean keepsConnections = true;
    private boolean connectsFirst;

    private int requests;
    private int begun;
    private int open;
    private int ok;
    private int failed;
    private @Nullable String firstProblem;

    /**
     * @param patience after this time without any sign of the server, the remaining requests count
     *     as failed
     */
    public ClosedLoop(InetSocketAddress server, String path, Duration patience) {
        this.server = server;
        this.path = path;
        this.patienceNanos = patience.toNanos();
    }

    /** Opens a connection for each request. Otherwise a client keeps its connection. */
    public ClosedLoop closing() {
        keepsConnections = false;
        return this;
    }

    /**
     * Connects one by one before the measurement, and then sends all at once. More connections at a
     * time than the accept backlog has room for would measure the kernel's retries.
     */
    public ClosedLoop connectingFirst() {
        connectsFirst = true;
        return this;
    }

    /** Takes the source address of the connection of that number from {@code sources}. */
    public ClosedLoop from(IntFunction<@Nullable SocketAddress> sources) {
        this.sources = sources;
        return this;
    }

    /** Tells {@code progress} now and then how many requests are over. */
    public ClosedLoop tellingOf(IntConsumer progress) {
        this.progress = progress;
        return this;
    }

    /** Sends {@code requests} over so many connections at a time. */
    public LoadResult run(int connections, int requests) throws IOException {
        this.requests = requests;
        long start = System.nanoTime();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                connect(selector, i, connectsFirst);
            }
            if (connectsFirst) {
                start = System.nanoTime();
                for (SelectionKey key : selector.keys()) {
                    client(key).next(start);
                }
            }
            exchangeAll(selector);
            for (SelectionKey left : List.copyOf(selector.keys())) {
                left.channel().close();
            }
        }
        double wallSeconds = (System.nanoTime() - start) / 1e9;
        failed(requests - ok - failed, "not sent: the connections broke");
        return new LoadResult(wallSeconds, ok, failed, millis(50), millis(99), firstProblem);
    }

    private double millis(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1e3;
    }

    private void exchangeAll(Selector selector) throws IOException {
        long lastSign = System.nanoTime();
        while (open > 0) {
            int ready = selector.select(key -> advance(selector, key), TICK_MILLIS);
            progress.accept(ok + failed);
            long now = System.nanoTime();
            if (ready > 0) {
                lastSign = now;
            } else if (now - lastSign > patienceNanos) {
                failed(open, "no sign for " + patienceNanos / 1_000_000_000L + " s");
                return;
            }
        }
    }

    private void connect(Selector selector, int number, boolean waiting) {
        if (begun == requests) {
            return;
        }
        begun++;
        Client client = new Client(number, request(), System.nanoTime());
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open();
            channel.configureBlocking(waiting);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.bind(sources.apply(number));
            boolean connected = channel.connect(server);
            channel.configureBlocking(false);
            channel.register(
                    selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, client);
            open++;
        } catch (IOException refused) {
            failed(1, refused.toString());
            close(channel);
        }
    }

    private ByteBuffer request() {
        String head = "GET " + path + " HTTP/1.1\r\nHost: " + server.getHostString() + "\r\n";
        String end = keepsConnections ? "\r\n" : "Connection: close\r\n\r\n";
        return ByteBuffer.wrap((head + end).getBytes(StandardCharsets.US_ASCII));
    }

    private void advance(Selector selector, SelectionKey key) {
        Client client = client(key);
        SocketChannel channel = (SocketChannel) key.channel();
        boolean usable = false;
        try {
            if (!complete(key, channel, client)) {
                return;
            }
            record(client);
            usable = !client.answer.closes();
        } catch (IOException | RuntimeException broken) {
            failed(1, broken.toString());
        }
        if (usable && begun < requests) {
            begun++;
            client.next(System.nanoTime());
            key.interestOps(SelectionKey.OP_WRITE);
        } else {
            open--;
            close(channel);
            connect(selector, client.number, false);
        }
    }

    private boolean complete(SelectionKey key, SocketChannel channel, Client client)
            throws IOException {
        if (key.isConnectable()) {
            channel.finishConnect();
        }
        if (client.request.hasRemaining()) {
            channel.write(client.request);
            key.interestOps(
                    client.request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
            return false;
        }
        if (channel.read(bytes.clear()) < 0) {
            throw new EOFException("the server closed the connection");
        }
        return client.answer.take(bytes.flip());
    }

    private void record(Client client) {
        if (client.answer.status() == 200) {
            ok++;
            micros.recordValue((System.nanoTime() - client.startNanos) / 1_000);
        } else {
            failed(1, "status " + client.answer.status());
        }
    }

    private void failed(int count, String problem) {
        failed += count;
        if (count > 0 && firstProblem == null) {
            firstProblem = problem;
        }
    }

    private static void close(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException broken) {
            // its request is counted already
            System.err.println("closing a connection: " + broken);
        }
    }

    private static Client client(SelectionKey key) {
        return (Client) key.attachment();
    }

    /** One client and the request it is at. */
    private static final class Client {
        private final int number;
        private final ByteBuffer request;
        private final Answer answer = new Answer();
        private long startNanos;

        Client(int number, ByteBuffer request, long startNanos) {
            this.number = number;
            this.request = request;
            this.startNanos = startNanos;
        }

        void next(long now) {
            startNanos = now;
            request.rewind();
            answer.clear();
        }
    }
}
