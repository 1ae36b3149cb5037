package dev.treadle.bench.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that each send the next request when they have the answer to the last one, over a
 * connection that is kept. They connect all at once, and the latency of a client's first request
 * has its connecting in it; or, if asked, they connect one by one, and then send all at once: more
 * connections at a time than the accept backlog has room for would measure the kernel's retries.
 */
final class ClosedLoop {
    private static final long TICK_MILLIS = 100;

    private final InetSocketAddress server;
    private final byte[] request;
    private final int connections;
    private final int requests;
    private final int threads;
    private final long patienceNanos;
    private final boolean connectFirst;
    private final CyclicBarrier connected;
    private final AtomicInteger started = new AtomicInteger();

    ClosedLoop(Arguments arguments) {
        server = Requests.server(arguments.number("port"));
        request = Requests.get(arguments.text("path"));
        requests = arguments.number("requests");
        connections = Math.min(requests, arguments.number("connections"));
        threads = arguments.number("threads");
        patienceNanos = arguments.nanos("patience");
        connectFirst = arguments.text("connect-first").equals("true");
        connected = new CyclicBarrier(threads + 1);
    }

    /** Returns the outcome as the words of one line. */
    String run() throws InterruptedException {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Part part = new Part(i);
            part.start();
            parts.add(part);
        }
        await();
        long start = System.nanoTime();
        Outcome total = new Outcome();
        for (Part part : parts) {
            part.join();
            total.add(part.outcome);
        }
        long wallMicros = (System.nanoTime() - start) / 1_000;
        // what no connection was left for
        total.failed(requests - total.over(), "not sent: the connections broke");
        return "wall=" + wallMicros + " " + total.words();
    }

    private void await() {
        try {
            connected.await();
        } catch (InterruptedException | BrokenBarrierException never) {
            // no code interrupts these threads
            throw new IllegalStateException(never);
        }
    }

    /** The connections of one thread. */
    private final class Part extends Thread {
        private final int index;
        private final Outcome outcome = new Outcome();
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(16_384);
        private int open;

        Part(int index) {
            super("client-" + index);
            this.index = index;
        }

        @Override
        public void run() {
            try (Selector selector = Selector.open()) {
                if (connectFirst) {
                    connectAll(selector);
                    await();
                    long now = System.nanoTime();
                    selector.keys().forEach(key -> ((Client) key.attachment()).next(now));
                } else {
                    await();
                    connectAll(selector);
                }
                exchangeAll(selector);
                for (SelectionKey key : List.copyOf(selector.keys())) {
                    key.channel().close();
                }
            } catch (IOException broken) {
                outcome.failed(broken.toString());
            }
        }

        private void connectAll(Selector selector) {
            for (int i = index; i < connections; i += threads) {
                connect(selector, i, connectFirst);
            }
        }

        private void exchangeAll(Selector selector) throws IOException {
            long lastSign = System.nanoTime();
            while (open > 0) {
                int ready = selector.select(key -> advance(selector, key), TICK_MILLIS);
                long now = System.nanoTime();
                if (ready > 0) {
                    lastSign = now;
                } else if (now - lastSign > patienceNanos) {
                    outcome.failed(open, "no sign for " + patienceNanos / 1_000_000_000L + " s");
                    return;
                }
            }
        }

        private void connect(Selector selector, int number, boolean waiting) {
            if (started.incrementAndGet() > requests) {
                return;
            }
            SocketChannel channel = null;
            try {
                channel = SocketChannel.open();
                channel.configureBlocking(waiting);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.bind(Requests.source(number));
                boolean done = channel.connect(server);
                channel.configureBlocking(false);
                channel.register(
                        selector,
                        done ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT,
                        new Client(number, request, System.nanoTime()));
                open++;
            } catch (IOException refused) {
                outcome.failed(refused.toString());
                close(channel);
            }
        }

        private void advance(Selector selector, SelectionKey key) {
            Client client = (Client) key.attachment();
            SocketChannel channel = (SocketChannel) key.channel();
            boolean usable = true;
            try {
                if (!complete(key, channel, client)) {
                    return;
                }
                outcome.answered(client.answer.status(), System.nanoTime() - client.startNanos);
                usable = !client.answer.closes();
            } catch (IOException | RuntimeException broken) {
                outcome.failed(broken.toString());
                usable = false;
            }
            goOn(selector, key, client, usable);
        }

        private void goOn(Selector selector, SelectionKey key, Client client, boolean usable) {
            if (!usable) {
                open--;
                close((SocketChannel) key.channel());
                connect(selector, client.number, false);
            } else if (started.incrementAndGet() <= requests) {
                client.next(System.nanoTime());
                key.interestOps(SelectionKey.OP_WRITE);
            } else {
                open--;
                close((SocketChannel) key.channel());
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
            if (channel.read(buffer.clear()) < 0) {
                throw new EOFException("the server closed the connection");
            }
            return client.answer.take(buffer.flip());
        }

        private void close(@org.jspecify.annotations.Nullable SocketChannel channel) {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException broken) {
                // its request is counted already
                System.err.println("closing a connection: " + broken);
            }
        }
    }

    /** One client and the request it is at. */
    private static final class Client {
        private final int number;
        private final ByteBuffer request;
        private final Answer answer = new Answer();
        private long startNanos;

        Client(int number, byte[] request, long startNanos) {
            this.number = number;
            this.request = ByteBuffer.wrap(request);
            this.startNanos = startNanos;
        }

        void next(long now) {
            startNanos = now;
            request.rewind();
            answer.clear();
        }
    }
}
