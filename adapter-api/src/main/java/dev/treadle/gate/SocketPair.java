package dev.treadle.gate;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;

/**
 * The two ends of a TCP connection, as the operating system of the server sees them. They identify
 * the connection of a waiting client, to check whether the client is still there.
 *
 * @param localPort the port of the server's end, [1, 65,535]
 * @param remote the address of the other end, which is a proxy's if there is one in front
 * @param remotePort its port, [1, 65,535]
 * @since 0.2.0
 */
public record SocketPair(int localPort, InetAddress remote, int remotePort) {
    /** Requires an address. */
    public SocketPair {
        requireNonNull(remote, "remote");
    }
}
