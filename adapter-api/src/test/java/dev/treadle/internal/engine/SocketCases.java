package dev.treadle.internal.engine;

import static dev.treadle.internal.engine.BlockingCase.later;

import dev.treadle.internal.engine.BlockingCase.Hold;
import dev.treadle.internal.engine.BlockingCase.Step;

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
import java.util.List;

/** The rows of sockets. */
final class SocketCases {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    static final List<BlockingCase> ALL =
            List.of(
                    BlockingCase.of(
                            "socket-read", "`java.net.Socket`: read", SocketCases::socketRead),
                    BlockingCase.of(
                            "socket-accept", "`ServerSocket.accept`", SocketCases::socketAccept),
                    BlockingCase.of(
                            "socket-connect",
                            "`Socket.connect`, the server's backlog full",
                            SocketCases::connect),
                    BlockingCase.of(
                            "channel-read", "`SocketChannel.read`", SocketCases::channelRead),
                    BlockingCase.of(
                            "channel-accept",
                            "`ServerSocketChannel.accept`",
                            SocketCases::channelAccept),
                    BlockingCase.of(
                            "datagram",
                            "`DatagramSocket.receive`",
                            hold -> () -> receiveNothing(hold)),
                    BlockingCase.of(
                            "select", "`Selector.select`", hold -> () -> selectNothing(hold)));

    private SocketCases() {}

    /** Reads from a peer that says something after a while. */
    private static Step socketRead(Hold hold) throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            Socket socket = new Socket(LOOPBACK, server.getLocalPort());
            answerLater(hold, server.accept());
            return () -> {
                try (socket) {
                    require(socket.getInputStream().read() == 1);
                }
            };
        }
    }

    /** The same with a channel in blocking mode. */
    private static Step channelRead(Hold hold) throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            SocketChannel channel = SocketChannel.open(server.getLocalSocketAddress());
            answerLater(hold, server.accept());
            return () -> {
                try (channel) {
                    require(channel.read(ByteBuffer.allocate(1)) == 1);
                }
            };
        }
    }

    private static void answerLater(Hold hold, Socket peer) throws InterruptedException {
        later(
                hold,
                () -> {
                    try (peer) {
                        peer.getOutputStream().write(1);
                    }
                });
    }

    /** Accepts a connection that comes after a while. */
    private static Step socketAccept(Hold hold) throws IOException, InterruptedException {
        ServerSocket server = new ServerSocket(0, 1, LOOPBACK);
        later(hold, () -> new Socket(LOOPBACK, server.getLocalPort()).close());
        return () -> {
            try (server) {
                server.accept().close();
            }
        };
    }

    /** The same with a channel in blocking mode. */
    private static Step channelAccept(Hold hold) throws IOException, InterruptedException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(LOOPBACK, 0));
        later(hold, () -> new Socket(LOOPBACK, server.socket().getLocalPort()).close());
        return () -> {
            try (server) {
                server.accept().close();
            }
        };
    }

    /** Connects to a server whose backlog is full, up to a timeout. */
    private static Step connect(Hold hold) throws IOException {
        ServerSocket server = new ServerSocket(0, 1, LOOPBACK);
        for (int backlog = 0; connects(server, hold); backlog++) {
            require(backlog < 100);
        }
        return () -> require(!connects(server, hold));
    }

    @SuppressWarnings("resource") // what connects stays in the backlog
    private static boolean connects(ServerSocket server, Hold hold) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(server.getLocalSocketAddress(), hold.millis());
            return true;
        } catch (SocketTimeoutException itIsFull) {
            socket.close();
            return false;
        }
    }

    /** Waits for a datagram, up to a timeout. */
    private static void receiveNothing(Hold hold) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
            socket.setSoTimeout(hold.millis());
            socket.receive(new DatagramPacket(new byte[1], 1));
            require(false); // no data comes
        } catch (SocketTimeoutException nothingCame) {
            return; // as expected
        }
    }

    /** Selects from nothing, up to a timeout. */
    private static void selectNothing(Hold hold) throws IOException {
        try (Selector selector = Selector.open()) {
            selector.select(hold.millis());
        }
    }

    private static void require(boolean expected) {
        if (!expected) {
            throw new IllegalStateException("a socket did not do what the probe expects");
        }
    }
}
