package dev.treadle.tck;

/**
 * A real container with workers installed and the {@link TckApplication} deployed at the root
 * context.
 */
public interface TckServer {
    /**
     * Starts it on a free port of 127.0.0.1. MUST be harmless on a started server, and MUST work
     * again after a stop.
     */
    void start() throws Exception;

    /** Returns the port it listens on, [1, 65535], while it is started. */
    int port();

    /**
     * Stops it as its users do. MUST leave the requests inside their grace where the container has
     * an event for that, and be harmless on a stopped server. MUST NOT close the workers.
     */
    void stop() throws Exception;

    /** Frees what is left, after the workers were closed. MUST be harmless when called again. */
    default void destroy() throws Exception {}
}
