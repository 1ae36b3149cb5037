package dev.treadle.bench.client;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.PriorityQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The slow third party. It answers each line with another one, after as many milliseconds as the
 * line says. Once it follows a plan, the plan gives the delay for the time at which the line comes.
 * A question in HTTP gets an answer in HTTP: {@code GET /pay?ms=1000 HTTP/1.1}. One thread, since a
 * virtual thread for each connection took more of the processors that the server needs.
 *
 * <p>It treats the bytes of one read as one question, which is true on loopback.
 */
public final class SlowParty implements AutoCloseable {
    private static final byte[] LINE = "ok\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTTP =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\npaid"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final Pattern GET = Pattern.compile("GET \\S*\\?ms=(\\d+) HTTP/1\\.1\r\n");

    private record Due(SocketChannel channel, long nanos, boolean isHttp) {}

    private record Followed(List<Phase> phases, long startNanos) {
        long latencyNanos(long now) {
            return phases.get(Phase.indexAt(phases, now - startNanos)).latencyMillis() * 1_000_000L;
        }
    }

    // what is due first is first: where the latency falls, a later line is answered earlier
    private final PriorityQueue<Due> due =
            new PriorityQueue<>((one, other) -> Long.signum(one.nanos() - other.nanos()));
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(2_048);
    private final ServerSocketChannel acceptor;
    private final Selector selector;
    private volatile boolean closed;
    // written by the thread that gives orders, read by the serving one
    private volatile @Nullable Followed followed;

    /** Opens it; it serves until it is closed. */
    public SlowParty() throws IOException {
        acceptor = ServerSocketChannel.open();
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4_096);
        acceptor.configureBlocking(false);
        selector = Selector.open();
        acceptor.register(selector, SelectionKey.OP_ACCEPT);
        Thread.ofPlatform().daemon().name("third-party").start(this::serve);
    }

    /** Returns the port it listens on. */
    public int port() {
        return acceptor.socket().getLocalPort();
    }

    /**
     * From now on its delay is that of the phases, the first of which starts now; the delay of the
     * last one stays. Any thread may call it.
     */
    public void follow(List<Phase> phases) {
        followed = new Followed(phases, System.nanoTime());
    }

    private void serve() {
        try (selector;
                acceptor) {
            while (!closed) {
                long wait = answerDue();
                selector.select(this::advance, wait);
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
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
            answer(first);
        }
    }

    private static void answer(Due asked) {
        try {
            asked.channel().write(ByteBuffer.wrap(asked.isHttp() ? HTTP : LINE));
        } catch (IOException gone) {
            close(asked.channel());
        }
    }

    private void advance(SelectionKey key) {
        if (key.isAcceptable()) {
            accept();
            return;
        }
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            int count = channel.read(buffer.clear());
            if (count < 0) {
                close(channel);
            } else if (count > 0) {
                String line = StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
                Matcher http = GET.matcher(line);
                boolean isHttp = http.lookingAt();
                long now = System.nanoTime();
                due.add(
                        new Due(
                                channel,
                                now + delayNanos(isHttp ? http.group(1) : line, now),
                                isHttp));
            }
        } catch (IOException gone) {
            close(channel);
        }
    }

    private long delayNanos(String line, long now) {
        Followed asPlanned = followed;
        return asPlanned == null
                ? Integer.parseInt(line.strip()) * 1_000_000L
                : asPlanned.latencyNanos(now);
    }

    private void accept() {
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
