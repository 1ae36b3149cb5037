package dev.treadle.bench.blocking;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Waits for sockets. */
final class Sockets {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private Sockets() {}

    /** Reads from a peer that says something after a while. */
    static Block read() {
        return Block.on(
                () -> {
                    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
                        Socket socket = new Socket(LOOPBACK, server.getLocalPort());
                        answerLater(server.accept());
                        return socket;
                    }
                },
                socket -> {
                    try (socket) {
                        require(socket.getInputStream().read() == 1);
                    }
                });
    }

    /** The same with a channel in blocking mode. */
    static Block channelRead() {
        return Block.on(
                () -> {
                    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
                        SocketChannel channel = SocketChannel.open(server.getLocalSocketAddress());
                        answerLater(server.accept());
                        return channel;
                    }
                },
                channel -> {
                    try (channel) {
                        require(channel.read(ByteBuffer.allocate(1)) == 1);
                    }
                });
    }

    private static void answerLater(Socket peer) throws InterruptedException {
        Block.helper(
                () -> {},
                () -> {
                    try (peer) {
                        peer.getOutputStream().write(1);
                    }
                });
    }

    /** Accepts a connection that comes after a while. */
    static Block accept() {
        return Block.on(
                () -> {
                    ServerSocket server = new ServerSocket(0, 1, LOOPBACK);
                    connectLater(server.getLocalPort());
                    return server;
                },
                server -> {
                    try (server) {
                        server.accept().close();
                    }
                });
    }

    /** The same with a channel in blocking mode. */
    static Block channelAccept() {
        return Block.on(
                () -> {
                    ServerSocketChannel server = ServerSocketChannel.open();
                    server.bind(new InetSocketAddress(LOOPBACK, 0));
                    connectLater(server.socket().getLocalPort());
                    return server;
                },
                server -> {
                    try (server) {
                        server.accept().close();
                    }
                });
    }

    private static void connectLater(int port) throws InterruptedException {
        Block.helper(() -> {}, () -> new Socket(LOOPBACK, port).close());
    }

    /** Connects to a server whose backlog is full, up to a timeout. */
    static Block connect() {
        return new Block() {
            private final List<Socket> backlog = new ArrayList<>();
            private final ServerSocket server = full();

            private ServerSocket full() {
                try {
                    return new ServerSocket(0, 1, LOOPBACK);
                } catch (IOException impossible) {
                    throw new IllegalStateException(impossible);
                }
            }

            @Override
            public void arrange(Scheduler scheduler) throws IOException {
                while (connects()) {
                    require(backlog.size() < 100);
                }
            }

            private boolean connects() throws IOException {
                Socket socket = new Socket();
                try {
                    socket.connect(server.getLocalSocketAddress(), (int) HOLD.toMillis());
                    backlog.add(socket);
                    return true;
                } catch (SocketTimeoutException itIsFull) {
                    socket.close();
                    return false;
                }
            }

            @Override
            public void block() throws IOException {
                require(!connects());
            }
        };
    }

    /** Waits for a datagram, up to a timeout. */
    static Block datagram() {
        return () -> {
            try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
                socket.setSoTimeout((int) Block.HOLD.toMillis());
                socket.receive(new DatagramPacket(new byte[1], 1));
                require(false); // no data comes
            } catch (SocketTimeoutException nothingCame) {
                return; // as expected
            }
        };
    }

    /** Selects from nothing, up to a timeout. */
    static Block select() {
        return () -> {
            try (Selector selector = Selector.open()) {
                selector.select(Block.HOLD.toMillis());
            }
        };
    }

    private static void require(boolean expected) {
        if (!expected) {
            throw new IllegalStateException("a socket did not do what the probe expects");
        }
    }
}
