package dev.treadle.gate;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;

/**
 * Tells on which connection a request came, and whether its client has given it up. The gate asks
 * for requests that wait, in the queue or as asynchronous ones without a thread.
 *
 * @since 0.2.0
 */
@FunctionalInterface
public interface ClientSocket {
    /** Of a request whose connection cannot be told: it waits until its turn or timeout. */
    ClientSocket UNKNOWN = () -> null;

    /**
     * Returns the connection; null if it is none of TCP, or not known. Called on a thread that
     * brings or runs the request.
     */
    @Nullable SocketPair pair();

    /**
     * Returns the address of the other end of the connection, which is a proxy's if there is one in
     * front; null if it is not known. For reports. Called by any thread until the request is
     * complete, also at the very moment it becomes so; the answer counts for nothing then. Must not
     * block or throw.
     */
    default @Nullable InetAddress address() {
        return null;
    }

    /**
     * Whether the client has given up this request while its connection may be open: its HTTP/2
     * stream is reset or closed. Called by any thread until the request is complete, also at the
     * very moment it becomes so; the answer counts for nothing then. Must not block or throw.
     */
    default boolean isGone() {
        return false;
    }
}
