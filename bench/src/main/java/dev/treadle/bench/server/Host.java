package dev.treadle.bench.server;

/**
 * A server that can run the benchmark's application. Used once, by one thread. The peers in {@code
 * bench/peers} are found by {@link java.util.ServiceLoader}: one of them is on the class path of
 * its server.
 */
public interface Host {
    /**
     * Starts the server on a free port of the loopback address and returns the port.
     *
     * @throws IllegalArgumentException if this server has no such runner
     */
    int start(HostSetup setup) throws Exception;

    /** Stops what was started. */
    void stop() throws Exception;
}
