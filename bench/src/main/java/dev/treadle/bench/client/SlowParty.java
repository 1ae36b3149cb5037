package dev.treadle.bench.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The slow third party: answers each line with another one, as many milliseconds later as the line
 * says. One thread; all lines of a benchmark have the same delay, so the answers leave in the order
 * in which the lines came.
 */
final class SlowParty {
    private static final byte[] ANSWER = "ok\n".getBytes(StandardCharsets.US_ASCII);

    private record Due(SocketChannel channel, long nanos) {}

    private final Deque<Due> due = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256);
    private final ServerSocketChannel acceptor;

    SlowParty() throws IOException {
        acceptor = ServerSocketChannel.open();
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4_096);
        acceptor.configureBlocking(false);
    }

    int port() {
        return acceptor.socket().getLocalPort();
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
            Due first = due.peekFirst();
            if (first == null) {
                return 0;
            }
            long left = first.nanos() - now;
            if (left > 0) {
                return left / 1_000_000 + 1;
            }
            due.removeFirst();
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
                long delay = Integer.parseInt(line.strip()) * 1_000_000L;
                due.add(new Due(channel, System.nanoTime() + delay));
            }
        } catch (IOException gone) {
            close(channel);
        }
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
