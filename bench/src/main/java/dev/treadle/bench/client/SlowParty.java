package dev.treadle.bench.client;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.PriorityQueue;

/**
 * The slow third party: answers each line with another one, as many milliseconds later as the line
 * says; or, once it follows a plan, as the plan says for the time at which the line comes. One
 * thread.
 */
final class SlowParty {
    private static final byte[] ANSWER = "ok\n".getBytes(StandardCharsets.US_ASCII);

    private record Due(SocketChannel channel, long nanos) {}

    private record Followed(LatencyPlan plan, long startNanos) {}

    // what is due first is first: where the latency falls, a later line is answered earlier
    private final PriorityQueue<Due> due =
            new PriorityQueue<>((one, other) -> Long.signum(one.nanos() - other.nanos()));
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256);
    private final ServerSocketChannel acceptor;
    // written by who gives orders, read by the thread that serves
    private volatile @Nullable Followed followed;

    SlowParty() throws IOException {
        acceptor = ServerSocketChannel.open();
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4_096);
        acceptor.configureBlocking(false);
    }

    int port() {
        return acceptor.socket().getLocalPort();
    }

    /** From now on answers as {@code plan} says, which starts now. Any thread may call it. */
    void follow(LatencyPlan plan) {
        followed = new Followed(plan, System.nanoTime());
    }

    /** Serves until the process ends. */
    void serve() throws IOException {
        try (Selector selector = Selector.open()) {
            acceptor.register(selector, SelectionKey.OP_ACCEPT);
            while (true) {
                long wait = answerDue();
                selector.select(this::advance, wait);
            }
        }
    }

    /** Returns how many milliseconds there are until the next answer is due; 0: nothing waits. */
    private long answerDue() {
        long now = System.nanoTime();
        while (true) {
            Due first = due.peek();
            if (first == null) {
                return 0;
            }
            long left = first.nanos() - now;
            if (left > 0) {
                return left / 1_000_000 + 1;
            }
            due.remove();
            answer(first.channel());
        }
    }

    private static void answer(SocketChannel channel) {
        try {
            channel.write(ByteBuffer.wrap(ANSWER));
        } catch (IOException gone) {
            close(channel);
        }
    }

    private void advance(SelectionKey key) {
        if (key.isAcceptable()) {
            accept(key.selector());
            return;
        }
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            int count = channel.read(buffer.clear());
            if (count < 0) {
                close(channel);
            } else if (count > 0) {
                String line = StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
                long now = System.nanoTime();
                due.add(new Due(channel, now + delayNanos(line, now)));
            }
        } catch (IOException gone) {
            close(channel);
        }
    }

    private long delayNanos(String line, long now) {
        Followed asPlanned = followed;
        return asPlanned == null
                ? Integer.parseInt(line.strip()) * 1_000_000L
                : asPlanned.plan().latencyNanos(now - asPlanned.startNanos());
    }

    private void accept(Selector selector) {
        try {
            for (SocketChannel made = acceptor.accept(); made != null; made = acceptor.accept()) {
                made.configureBlocking(false);
                made.register(selector, SelectionKey.OP_READ);
            }
        } catch (IOException broken) {
            System.err.println("accepting: " + broken);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException broken) {
            System.err.println("closing a connection: " + broken);
        }
    }
}
