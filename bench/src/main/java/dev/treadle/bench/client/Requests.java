package dev.treadle.bench.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/** Where the requests go, and how they look. */
final class Requests {
    /** Below the 28,000 ports that a Linux machine has by default for one source address. */
    private static final int PORTS_OF_A_SOURCE = 20_000;

    /** So many that the ports of none are used up by connections that have just been closed. */
    private static final int SOURCES = 64;

    private Requests() {}

    static byte[] get(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    static InetSocketAddress server(int port) {
        return new InetSocketAddress(loopback(1), port);
    }

    /** Returns the source address of the connection of that number: 127.0.0.1, then .2, ... */
    static InetSocketAddress source(int connection) {
        return new InetSocketAddress(loopback(1 + connection / PORTS_OF_A_SOURCE), 0);
    }

    /**
     * Returns the source address of the connection of that number, for a load that closes many: 64
     * addresses in turn.
     */
    static InetSocketAddress spread(int connection) {
        return new InetSocketAddress(loopback(1 + connection % SOURCES), 0);
    }

    private static InetAddress loopback(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
        } catch (UnknownHostException never) {
            // four bytes are an address
            throw new IllegalStateException(never);
        }
    }
}
