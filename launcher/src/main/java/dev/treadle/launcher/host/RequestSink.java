package dev.treadle.launcher.host;

/** Is told of each request that a container has answered or given up. */
@FunctionalInterface
public interface RequestSink {
    /**
     * Takes note of a request. Called once for each, after its answer, from any thread, which must
     * not be held.
     */
    void served(ServedRequest request);
}
