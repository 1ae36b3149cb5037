package dev.treadle.internal.hub;

import dev.treadle.loop.EventLoop;
import dev.treadle.loop.LoopCarrier;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Has a greenlet wait for a socket on a hub that an event loop carries, once, and looks where it
 * waits and how it wakes. All of it is real but for the container.
 */
final class SocketTrial {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_NANOS = 200_000;
    private static final int SENT = 42;

    private SocketTrial() {}

    /** Returns what is wrong, or null. */
    static @Nullable String of(JdkSockets sockets) {
        CarrierThreads threads = new CarrierThreads(1);
        Hub hub = new Hub(0, threads, sockets);
        try (Loop loop = new Loop(hub);
                ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            loop.start();
            if (!comes(loop)) {
                return "no event loop came to a hub within " + PATIENCE.toSeconds() + " s";
            }
            FutureTask<Integer> read = new FutureTask<>(() -> client.getInputStream().read());
            JdkHubAccess.newVirtualThread(hub.scheduler(), "treadle-trial", read).start();
            if (!waits(hub, loop)) {
                return "no greenlet that waits for a socket came to its hub within "
                        + PATIENCE.toSeconds()
                        + " s";
            }
            accepted.getOutputStream().write(SENT);
            int got = read.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return got == SENT
                    ? channel(sockets.epoll())
                    : "a greenlet read " + got + " (expected: " + SENT + ")";
        } catch (TimeoutException late) {
            return "a greenlet was not woken within "
                    + PATIENCE.toSeconds()
                    + " s after its socket was ready";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "interrupted before it was found";
        } catch (Exception | LinkageError differs) {
            return differs.toString();
        } finally {
            hub.close();
            threads.keepNoSpares();
        }
    }

    /** Tries an epoll in the place of a channel, for loops that need it; what is wrong, or null. */
    private static @Nullable String channel(Epoll epoll) throws IOException {
        Pipe socket = Pipe.open();
        try (Pipe.SourceChannel ready = socket.source();
                Pipe.SinkChannel peer = socket.sink()) {
            return channel(epoll, ready, peer);
        }
    }

    private static @Nullable String channel(
            Epoll epoll, Pipe.SourceChannel ready, Pipe.SinkChannel peer) throws IOException {
        int sockets = epoll.create();
        try (Selector selector = Selector.open();
                DatagramChannel place = DatagramChannel.open()) {
            place.configureBlocking(false).register(selector, SelectionKey.OP_READ);
            epoll.nest(epoll.inPlaceOf(place), sockets);
            epoll.nest(sockets, epoll.descriptor(ready));
            int before = selector.selectNow();
            peer.write(ByteBuffer.wrap(new byte[] {SENT}));
            int after = selector.select(PATIENCE.toMillis());
            return before == 0 && after == 1
                    ? null
                    : "a channel was ready %d times before, and %d times after an event (expected: 0 and 1)"
                            .formatted(before, after);
        } finally {
            epoll.close(sockets);
        }
    }

    /** Waits until the hub is with its loop: a hub without one leaves sockets to the JDK. */
    private static boolean comes(Loop loop) {
        return await(loop::isAsleep);
    }

    /** Waits until the greenlet waits for its socket, and the loop for events. */
    private static boolean waits(Hub hub, Loop loop) {
        return await(() -> {
            HubSockets open = hub.sockets();
            return open != null && open.waiting() == 1 && loop.isAsleep();
        });
    }

    private static boolean await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    /** An event loop without events of its own. */
    private static final class Loop implements EventLoop, AutoCloseable {
        private final Selector selector;
        private final LoopCarrier carrier;
        private final Thread thread =
                Thread.ofPlatform().daemon().name("treadle-trial").unstarted(this::live);
        private volatile boolean closed;
        private volatile boolean asleep;

        Loop(Hub hub) throws IOException {
            selector = Selector.open();
            carrier = hub.attach(this);
        }

        void start() {
            thread.start();
        }

        /** Whether it waits for events. */
        boolean isAsleep() {
            return asleep;
        }

        private void live() {
            try {
                while (!closed) {
                    if (carrier.run() && !closed) {
                        long millis = carrier.waitMillis();
                        asleep = true;
                        selector.select(millis == Long.MAX_VALUE ? 0 : millis);
                        asleep = false;
                    } else {
                        selector.selectNow();
                    }
                    carrier.awake();
                }
            } catch (IOException failed) {
                closed = true; // the trial finds that no greenlet goes on
            } finally {
                carrier.detach();
            }
        }

        @Override
        public void wakeUp() {
            selector.wakeup();
        }

        @Override
        public boolean canTurn() {
            return false;
        }

        @Override
        public Selector selector() {
            return selector;
        }

        @Override
        public void turn(boolean wait) {
            throw new IllegalStateException("a trial has one thread");
        }

        @Override
        public void close() throws IOException {
            closed = true;
            selector.wakeup();
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
            selector.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
