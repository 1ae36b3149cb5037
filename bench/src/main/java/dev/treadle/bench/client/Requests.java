package dev.treadle.bench.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** The address and the text of the requests. */
final class Requests {
    /** Below the 28,000 ports that a Linux machine has by default for one source address. */
    private static final int PORTS_OF_A_SOURCE = 20_000;

    /**
     * A network of loopback addresses of this process's own. A port that was used for one server
     * stays taken for a minute ({@code TIME_WAIT}). So a source address that an earlier process has
     * used up has no free ports, or finds one only after a long search, and that time would be
     * measured as the server's.
     */
    private static final byte[] NETWORK = network();

    /** So many that the ports of none are used up by connections that have just been closed. */
    private static final int SOURCES = 64;

    private Requests() {}

    private static byte[] network() {
        SecureRandom random = new SecureRandom();
        return new byte[] {127, (byte) random.nextInt(1, 256), (byte) random.nextInt(256), 0};
    }

    static byte[] get(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    static InetSocketAddress server(int port) {
        return new InetSocketAddress(address(127, 0, 0, 1), port);
    }

    /**
     * Returns the source address of the connection of that number: the first, then the next, ...
     */
    static InetSocketAddress source(int connection) {
        return new InetSocketAddress(own(1 + connection / PORTS_OF_A_SOURCE), 0);
    }

    /**
     * Returns the source address of the connection of that number, for a load that closes many: 64
     * addresses in turn.
     */
    static InetSocketAddress spread(int connection) {
        return new InetSocketAddress(own(1 + connection % SOURCES), 0);
    }

    private static InetAddress own(int last) {
        return address(NETWORK[0], NETWORK[1], NETWORK[2], last);
    }

    private static InetAddress address(int... bytes) {
        byte[] address = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            address[i] = (byte) bytes[i];
        }
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException never) {
            // four bytes are an address
            throw new IllegalStateException(never);
        }
    }
}
