package dev.treadle;

import org.jspecify.annotations.Nullable;

/**
 * Tells on which connection a request came. The gate asks only for a request that joins the line,
 * once, on the thread that brought it.
 */
@FunctionalInterface
public interface ClientSocket {
    /** Of a request whose connection cannot be told: it stays in line until its turn or timeout. */
    ClientSocket UNKNOWN = () -> null;

    /** Returns the connection; null if it is none of TCP, or not known. */
    @Nullable SocketPair pair();
}
