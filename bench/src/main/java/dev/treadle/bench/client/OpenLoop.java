package dev.treadle.bench.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a fixed rate, whether or not the server keeps up: each has a time at which it is to
 * be sent, and its latency counts from then, also when it had to wait for a free connection. So a
 * server that stops for half a second pays for all that would have come in meanwhile.
 *
 * <p>A thread that paces sends, and one that reads and sends what had to wait. Beside it, on
 * connections of their own, requests that hog a processor, at a rate of theirs.
 */
final class OpenLoop {
    private static final int HOG_CONNECTIONS = 16;
    private static final long TICK_MILLIS = 20;

    private final InetSocketAddress server;
    private final long durationNanos;
    private final long patienceNanos;
    private final Stream main;
    private final Stream hogs;

    OpenLoop(Arguments arguments) {
        server = Requests.server(arguments.number("port"));
        durationNanos = arguments.nanos("millis");
        patienceNanos = arguments.nanos("patience");
        main =
                new Stream(
                        Requests.get(arguments.text("path")),
                        arguments.number("connections"),
                        1_000_000_000L / arguments.number("rate"));
        hogs =
                new Stream(
                        Requests.get(arguments.text("hog")),
                        HOG_CONNECTIONS,
                        arguments.nanos("hog-every"));
    }

    /** Returns the outcome as the words of one line. */
    String run() throws IOException, InterruptedException {
        try (Selector selector = Selector.open()) {
            main.connect(selector, server);
            hogs.connect(selector, server);
            long start = System.nanoTime();
            Thread pacer = Thread.ofPlatform().name("pacer").start(() -> pace(start));
            read(selector, start + durationNanos);
            pacer.join();
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        }
        return "hogs=" + hogs.outcome.over() + " " + main.outcome.words();
    }

    private void pace(long start) {
        long end = start + durationNanos;
        main.dueNanos = start;
        hogs.dueNanos = start + hogs.everyNanos / 2;
        while (true) {
            long next = hogs.dueNanos - main.dueNanos < 0 ? hogs.dueNanos : main.dueNanos;
            if (next - end >= 0) {
                break;
            }
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
                continue;
            }
            (next == hogs.dueNanos ? hogs : main).due();
        }
        main.end();
        hogs.end();
    }

    private void read(Selector selector, long end) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(16_384);
        long last = end + patienceNanos;
        while (!(main.isOver() && hogs.isOver())) {
            selector.select(key -> ((Connection) key.attachment()).advance(buffer), TICK_MILLIS);
            if (System.nanoTime() - last > 0) {
                main.giveUp();
                hogs.giveUp();
            }
        }
    }

    /**
     * Requests of one kind. Its lock guards the use of the connections, and the requests that wait
     * for one.
     */
    private static final class Stream {
        private final byte[] request;
        private final int connections;
        private final long everyNanos;
        // of the reading thread, and of giveUp on the same
        private final Outcome outcome = new Outcome();
        // of the pacing thread
        private long dueNanos;

        // guarded by this
        private final Deque<Connection> idle = new ArrayDeque<>();
        private final Deque<Long> waiting = new ArrayDeque<>();
        private long sent;
        private boolean ended;

        Stream(byte[] request, int connections, long everyNanos) {
            this.request = request;
            this.connections = connections;
            this.everyNanos = everyNanos;
        }

        void connect(Selector selector, InetSocketAddress server) throws IOException {
            for (int i = 0; i < connections; i++) {
                SocketChannel channel = SocketChannel.open(server);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                Connection connection = new Connection(this, channel);
                channel.register(selector, SelectionKey.OP_READ, connection);
                free(connection);
            }
        }

        void due() {
            synchronized (this) {
                sent++;
                waiting.add(dueNanos);
            }
            dueNanos += everyNanos;
            sendWaiting();
        }

        synchronized void free(Connection connection) {
            idle.addFirst(connection);
        }

        void sendWaiting() {
            while (true) {
                Connection connection;
                synchronized (this) {
                    if (waiting.isEmpty() || idle.isEmpty()) {
                        return;
                    }
                    connection = idle.removeFirst();
                    connection.intendedNanos = waiting.removeFirst();
                }
                connection.send(request);
            }
        }

        synchronized void end() {
            ended = true;
        }

        synchronized boolean isOver() {
            return ended && outcome.over() >= sent;
        }

        synchronized void giveUp() {
            outcome.failed(sent - outcome.over(), "no answer in time");
        }
    }

    /** One connection; of the thread that took it from the idle ones until its answer is whole. */
    private static final class Connection {
        private final Stream stream;
        private final SocketChannel channel;
        private final Answer answer = new Answer();
        // written under the stream's lock before sending, read by the reader after the answer,
        // which freeing under the same lock orders
        private volatile long intendedNanos;

        Connection(Stream stream, SocketChannel channel) {
            this.stream = stream;
            this.channel = channel;
        }

        void send(byte[] request) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(request);
                while (bytes.hasRemaining()) {
                    // some sixty bytes on a connection that has nothing under way
                    channel.write(bytes);
                }
            } catch (IOException broken) {
                // the reader finds it closed, and counts it
                System.err.println("sending: " + broken);
            }
        }

        void advance(ByteBuffer buffer) {
            try {
                if (channel.read(buffer.clear()) < 0) {
                    throw new EOFException("the server closed the connection");
                }
                if (!answer.take(buffer.flip())) {
                    return;
                }
                stream.outcome.answered(answer.status(), System.nanoTime() - intendedNanos);
                boolean closes = answer.closes();
                answer.clear();
                if (closes) {
                    throw new EOFException("the server said it closes the connection");
                }
                stream.free(this);
                stream.sendWaiting();
            } catch (IOException broken) {
                abandon(broken);
            }
        }

        private void abandon(IOException broken) {
            System.err.println("a connection is lost: " + broken);
            try {
                channel.close();
            } catch (IOException alsoBroken) {
                System.err.println("closing a connection: " + alsoBroken);
            }
        }
    }
}
