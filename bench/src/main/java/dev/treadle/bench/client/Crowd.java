package dev.treadle.bench.client;

import dev.treadle.launcher.load.Answer;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
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
 * <p>A thread sends, one that waits as exactly as the machine can, and another one reads. A
 * connection belongs to one user until the answer is complete. Then it is kept for the next user. A
 * user that finds no kept connection opens one, or waits for one where their number is limited;
 * that wait is part of the latency.
 */
final class Crowd {
    private static final long TICK_NANOS = 20_000_000;

    private final CrowdLoad load;
    private final byte[] request;
    private final long patienceNanos;
    private final Arrivals arrivals;
    private final Tally tally;
    private final LongSupplier clock;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(16_384);

    // in the order of their timeouts, which is that of their starts, because all timeouts are equal
    private final Deque<Visit> visits = new ArrayDeque<>();
    private final Deque<Connection> idle = new ArrayDeque<>();
    // for a connection, where their number is limited
    private final Deque<Visit> waiting = new ArrayDeque<>();
    private int opened;
    private int open;
    private long startNanos;

    private volatile boolean over;

    /**
     * @param clock as {@link System#nanoTime}
     */
    Crowd(CrowdLoad load, LongSupplier clock) {
        this.load = load;
        this.request = Requests.get(load.path());
        this.patienceNanos = load.patienceMillis() * 1_000_000L;
        this.arrivals = new Arrivals(load.phases());
        this.tally = new Tally(load.phases());
        this.clock = clock;
    }

    CrowdResult run() throws IOException, InterruptedException {
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < load.connections(); i++) {
                Connection connection = connect(selector, true);
                connection.key.interestOps(SelectionKey.OP_READ);
                idle.addLast(connection);
            }
            startNanos = clock.getAsLong();
            Thread reader = Thread.ofPlatform().daemon().name("reader").start(() -> read(selector));
            for (long due = act(selector); due != Arrivals.NEVER; due = act(selector)) {
                // the last users may be served before the time at which they would lose patience
                LockSupport.parkNanos(Math.min(due - now(), TICK_NANOS));
            }
            over = true;
            selector.wakeup();
            reader.join();
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        }
        return tally.result();
    }

    private void read(Selector selector) {
        try {
            while (!over) {
                selector.select(this::advance);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private long now() {
        return clock.getAsLong() - startNanos;
    }

    private long nextDue() {
        while (!visits.isEmpty() && visits.getFirst().over) {
            visits.removeFirst();
        }
        return visits.isEmpty()
                ? arrivals.next()
                : Math.min(visits.getFirst().deadlineNanos, arrivals.next());
    }

    /** Does what is due, and returns when the next thing is. */
    private synchronized long act(Selector selector) {
        takeTheirPlace(selector);
        long now = now();
        long due = nextDue();
        while (due <= now) {
            if (due == arrivals.next()) {
                arrivals.take();
                tally.came();
                send(selector, new Visit(due, due, due + patienceNanos, load.reloads()));
            } else {
                losePatience(selector, visits.removeFirst());
            }
            due = nextDue();
        }
        return due;
    }

    private void losePatience(Selector selector, Visit visit) {
        visit.over = true;
        if (visit.connection != null) {
            visit.connection.close();
        }
        if (visit.reloadsLeft == 0) {
            tally.gaveUp(visit.deadlineNanos);
        } else {
            tally.reloaded();
            send(selector, visit.again(patienceNanos));
        }
    }

    /**
     * Opens connections in the place of those that were closed, where their number is limited: a
     * user that has lost patience closes one, and so may the server.
     */
    private void takeTheirPlace(Selector selector) {
        while (open < load.connections()) {
            Visit next = nextWaiting();
            if (next == null) {
                return;
            }
            try {
                connect(selector, false).own(next);
                selector.wakeup(); // it waits for the others
            } catch (IOException broken) {
                fail(next, broken);
            }
        }
    }

    private @Nullable Visit nextWaiting() {
        Visit next = waiting.pollFirst();
        while (next != null && next.over) {
            next = waiting.pollFirst();
        }
        return next;
    }

    private void send(Selector selector, Visit visit) {
        visits.addLast(visit);
        tally.offered(visit.intendedNanos, now());
        Connection connection = idleConnection();
        try {
            if (connection != null) {
                connection.begin(visit);
            } else if (load.connections() > 0) {
                waiting.addLast(visit);
                takeTheirPlace(selector);
            } else {
                connect(selector, false).own(visit);
                selector.wakeup(); // it waits for the others
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
        tally.failed(now(), broken.toString());
    }

    private @Nullable Connection idleConnection() {
        Connection found = idle.pollFirst();
        while (found != null && !found.channel.isOpen()) {
            // the server has closed it meanwhile
            found = idle.pollFirst();
        }
        return found;
    }

    private Connection connect(Selector selector, boolean blocking) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(blocking);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.bind(Requests.spread(opened++));
            boolean connected = channel.connect(Requests.server(load.port()));
            channel.configureBlocking(false);
            SelectionKey key =
                    channel.register(
                            selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT);
            Connection connection = new Connection(channel, key);
            key.attach(connection);
            open++;
            return connection;
        } catch (IOException broken) {
            channel.close();
            throw broken;
        }
    }

    private synchronized void advance(SelectionKey key) {
        if (!key.isValid()) {
            return; // its user has lost patience since it was selected
        }
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

        void own(Visit next) {
            visit = next;
            next.connection = this;
        }

        /** Takes another visit, when it is idle. */
        void begin(Visit next) throws IOException {
            own(next);
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
                tally.answered(answer.status(), served.clickedNanos, now());
                visit = null;
                if (answer.closes()) {
                    close();
                } else {
                    beFree();
                }
            }
        }

        private void beFree() throws IOException {
            Visit next = nextWaiting();
            if (next == null) {
                idle.addFirst(this);
            } else {
                begin(next);
            }
        }

        void close() {
            if (channel.isOpen()) {
                open--;
            }
            try {
                channel.close();
            } catch (IOException broken) {
                // what became of its visit is counted already
                System.err.println("closing a connection: " + broken);
            }
        }
    }
}
