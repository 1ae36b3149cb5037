package dev.treadle.bench.client;

import org.jspecify.annotations.Nullable;

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
import java.util.function.LongSupplier;

/**
 * Users who come at planned times, whether or not those before them were served. A user without an
 * answer after a while closes the connection and asks again, up to a number of times, and then
 * gives up. Any answer ends the visit, a refusal too.
 *
 * <p>Every request has a planned time, and all times count from it. A request that this process
 * sends late is late for its user, and its timeout does not move. The reported latency counts from
 * the user's first click, whether or not the user has reloaded since.
 *
 * <p>One thread. A connection belongs to one user until the answer is complete. Then it is kept for
 * the next user. A user that finds no kept connection opens one.
 */
final class Crowd {
    private final InetSocketAddress server;
    private final byte[] request;
    private final long patienceNanos;
    private final int reloads;
    private final Arrivals arrivals;
    private final CrowdOutcome outcome;
    private final LongSupplier clock;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(16_384);

    // in the order of their timeouts, which is that of their starts, because all timeouts are equal
    private final Deque<Visit> visits = new ArrayDeque<>();
    private final Deque<Connection> idle = new ArrayDeque<>();
    private int opened;
    private long startNanos;

    /**
     * @param clock as {@link System#nanoTime}
     */
    Crowd(Arguments arguments, LongSupplier clock) {
        this.server = Requests.server(arguments.number("port"));
        this.request = Requests.get(arguments.text("path"));
        this.patienceNanos = arguments.nanos("patience");
        this.reloads = arguments.number("reloads");
        this.arrivals = Arrivals.parse(arguments.text("phases"));
        this.outcome = new CrowdOutcome(arrivals);
        this.clock = clock;
    }

    /** Returns the outcome as the words of one line. */
    String run() throws IOException {
        try (Selector selector = Selector.open()) {
            startNanos = clock.getAsLong();
            actDue(selector);
            for (long due = nextDue(); due != Arrivals.NEVER; due = nextDue()) {
                await(selector, due - now());
                actDue(selector);
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        }
        return outcome.words();
    }

    private long now() {
        return clock.getAsLong() - startNanos;
    }

    private void await(Selector selector, long nanos) throws IOException {
        if (nanos <= 0) {
            selector.selectNow(this::advance);
        } else {
            // whole milliseconds: a request that is late by one because of that is reported as late
            selector.select(this::advance, nanos / 1_000_000 + 1);
        }
    }

    private long nextDue() {
        while (!visits.isEmpty() && visits.getFirst().over) {
            visits.removeFirst();
        }
        return visits.isEmpty()
                ? arrivals.next()
                : Math.min(visits.getFirst().deadlineNanos, arrivals.next());
    }

    private void actDue(Selector selector) {
        long now = now();
        for (long due = nextDue(); due <= now; due = nextDue()) {
            if (due == arrivals.next()) {
                arrivals.take();
                outcome.came();
                send(selector, new Visit(due, due, due + patienceNanos, reloads));
            } else {
                losePatience(selector, visits.removeFirst());
            }
        }
    }

    private void losePatience(Selector selector, Visit visit) {
        visit.over = true;
        if (visit.connection != null) {
            visit.connection.close();
        }
        if (visit.reloadsLeft == 0) {
            outcome.gaveUp(visit.deadlineNanos);
        } else {
            outcome.reloaded();
            send(selector, visit.again(patienceNanos));
        }
    }

    private void send(Selector selector, Visit visit) {
        visits.addLast(visit);
        outcome.offered(visit.intendedNanos, now());
        Connection connection = idleConnection();
        try {
            if (connection == null) {
                connect(selector, visit);
            } else {
                connection.begin(visit);
            }
        } catch (IOException broken) {
            fail(visit, broken);
        }
    }

    private void fail(Visit visit, Exception broken) {
        visit.over = true;
        if (visit.connection != null) {
            visit.connection.close();
        }
        outcome.failed(now(), broken.toString());
    }

    private @Nullable Connection idleConnection() {
        Connection found = idle.pollFirst();
        while (found != null && !found.channel.isOpen()) {
            // the server has closed it meanwhile
            found = idle.pollFirst();
        }
        return found;
    }

    private void connect(Selector selector, Visit visit) throws IOException {
        SocketChannel channel = SocketChannel.open();
        boolean made = false;
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.bind(Requests.spread(opened++));
            boolean connected = channel.connect(server);
            SelectionKey key =
                    channel.register(
                            selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT);
            Connection connection = new Connection(channel, key);
            key.attach(connection);
            connection.visit = visit;
            visit.connection = connection;
            made = true;
        } finally {
            if (!made) {
                channel.close();
            }
        }
    }

    private void advance(SelectionKey key) {
        Connection connection = (Connection) key.attachment();
        try {
            if (key.isReadable()) {
                connection.read();
            } else {
                connection.channel.finishConnect();
                connection.write();
            }
        } catch (IOException | RuntimeException broken) {
            Visit visit = connection.visit;
            if (visit == null) {
                // unowned: the user that would have taken it opens another
                connection.close();
            } else {
                fail(visit, broken);
            }
        }
    }

    /** One request of a user, and how often this user will still reload. */
    private static final class Visit {
        private final long clickedNanos;
        private final long intendedNanos;
        private final long deadlineNanos;
        private final int reloadsLeft;
        private @Nullable Connection connection;
        private boolean over;

        Visit(long clickedNanos, long intendedNanos, long deadlineNanos, int reloadsLeft) {
            this.clickedNanos = clickedNanos;
            this.intendedNanos = intendedNanos;
            this.deadlineNanos = deadlineNanos;
            this.reloadsLeft = reloadsLeft;
        }

        Visit again(long patienceNanos) {
            return new Visit(
                    clickedNanos, deadlineNanos, deadlineNanos + patienceNanos, reloadsLeft - 1);
        }
    }

    private final class Connection {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final ByteBuffer unsent = ByteBuffer.wrap(request);
        private final Answer answer = new Answer();
        // null: idle
        private @Nullable Visit visit;

        Connection(SocketChannel channel, SelectionKey key) {
            this.channel = channel;
            this.key = key;
        }

        /** Takes another visit, when it is idle. */
        void begin(Visit next) throws IOException {
            visit = next;
            next.connection = this;
            unsent.rewind();
            answer.clear();
            write();
        }

        void write() throws IOException {
            channel.write(unsent);
            key.interestOps(unsent.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        void read() throws IOException {
            if (channel.read(buffer.clear()) < 0) {
                throw new EOFException("the server closed the connection");
            }
            Visit served = visit;
            if (served == null) {
                throw new IOException("an answer that nobody has asked for");
            }
            if (answer.take(buffer.flip())) {
                served.over = true;
                outcome.answered(answer.status(), served.clickedNanos, now());
                visit = null;
                if (answer.closes()) {
                    close();
                } else {
                    idle.addFirst(this);
                }
            }
        }

        void close() {
            try {
                channel.close();
            } catch (IOException broken) {
                // what became of its visit is counted already
                System.err.println("closing a connection: " + broken);
            }
        }
    }
}
