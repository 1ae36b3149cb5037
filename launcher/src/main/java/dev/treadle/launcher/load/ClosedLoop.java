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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * Clients that each send the next request when they have the answer to the last one, as {@code ab
 * -c CONNECTIONS -n REQUESTS} does. They connect all at once, and the latency of a client's first
 * request has its connecting in it. Each thread of theirs has a selector. Used once, by one thread.
 */
public final class ClosedLoop {
    private static final long TICK_MILLIS = 100;

    private final InetSocketAddress server;
    private final String path;
    private final long patienceNanos;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger over = new AtomicInteger();
    private IntFunction<@Nullable SocketAddress> sources = number -> null;
    private IntConsumer progress = requestsOver -> {};
    private boolean keepsConnections = true;
    private boolean connectsFirst;
    private int threads = 1;
    private CyclicBarrier connected = new CyclicBarrier(2);

    private int connections;
    private int requests;

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

    /** Divides the clients among so many threads. One is enough for a thousand of them. */
    public ClosedLoop on(int threads) {
        this.threads = threads;
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
    public LoadResult run(int connections, int requests) throws InterruptedException {
        this.connections = connections;
        this.requests = requests;
        connected = new CyclicBarrier(threads + 1);
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Part part = new Part(i);
            part.start();
            parts.add(part);
        }
        awaitConnected();
        long start = System.nanoTime();
        Part all = new Part(threads);
        for (Part part : parts) {
            part.join();
            all.add(part);
        }
        return all.result((System.nanoTime() - start) / 1e9);
    }

    private void awaitConnected() {
        try {
            connected.await();
        } catch (InterruptedException | BrokenBarrierException never) {
            // no code interrupts these threads
            throw new IllegalStateException(never);
        }
    }

    private ByteBuffer request() {
        String head = "GET " + path + " HTTP/1.1\r\nHost: " + server.getHostString() + "\r\n";
        String end = keepsConnections ? "\r\n" : "Connection: close\r\n\r\n";
        return ByteBuffer.wrap((head + end).getBytes(StandardCharsets.US_ASCII));
    }

    /** The clients of one thread. */
    private final class Part extends Thread {
        private final int index;
        private final ByteBuffer bytes = ByteBuffer.allocateDirect(16_384);
        private final Histogram micros = new Histogram(3);
        private int open;
        private int ok;
        private int failed;
        private @Nullable String firstProblem;

        Part(int index) {
            super("client-" + index);
            this.index = index;
        }

        @Override
        public void run() {
            try (Selector selector = Selector.open()) {
                if (connectsFirst) {
                    connectAll(selector);
                    awaitConnected();
                    long now = System.nanoTime();
                    selector.keys().forEach(key -> client(key).next(now));
                } else {
                    awaitConnected();
                    connectAll(selector);
                }
                exchangeAll(selector);
                for (SelectionKey left : List.copyOf(selector.keys())) {
                    left.channel().close();
                }
            } catch (IOException broken) {
                failed(1, broken.toString());
            }
        }

        private void connectAll(Selector selector) {
            for (int i = index; i < connections; i += threads) {
                connect(selector, i, connectsFirst);
            }
        }

        private void exchangeAll(Selector selector) throws IOException {
            long lastSign = System.nanoTime();
            while (open > 0) {
                int ready = selector.select(key -> advance(selector, key), TICK_MILLIS);
                progress.accept(over.get());
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
            if (begun.incrementAndGet() > requests) {
                return;
            }
            Client client = new Client(number, request(), System.nanoTime());
            SocketChannel channel = null;
            try {
                channel = SocketChannel.open();
                channel.configureBlocking(waiting);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.bind(sources.apply(number));
                boolean done = channel.connect(server);
                channel.configureBlocking(false);
                channel.register(
                        selector, done ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, client);
                open++;
            } catch (IOException refused) {
                failed(1, refused.toString());
                close(channel);
            }
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
            if (usable && begun.incrementAndGet() <= requests) {
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
                        client.request.hasRemaining()
                                ? SelectionKey.OP_WRITE
                                : SelectionKey.OP_READ);
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
                over.incrementAndGet();
                micros.recordValue((System.nanoTime() - client.startNanos) / 1_000);
            } else {
                failed(1, "status " + client.answer.status());
            }
        }

        private void failed(int count, String problem) {
            failed += count;
            over.addAndGet(count);
            if (count > 0 && firstProblem == null) {
                firstProblem = problem;
            }
        }

        private void add(Part other) {
            micros.add(other.micros);
            ok += other.ok;
            failed += other.failed;
            firstProblem = firstProblem == null ? other.firstProblem : firstProblem;
        }

        private LoadResult result(double wallSeconds) {
            failed(requests - ok - failed, "not sent: the connections broke");
            return new LoadResult(
                    wallSeconds,
                    ok,
                    failed,
                    micros.getValueAtPercentile(50) / 1e3,
                    micros.getValueAtPercentile(99) / 1e3,
                    firstProblem);
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
