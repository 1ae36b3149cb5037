package dev.treadle.it.agent.program;

/** A server that a program has made. */
interface EmbeddedServer {
    /** Starts it, and returns its port. */
    int start() throws Exception;

    void stop() throws Exception;
}
