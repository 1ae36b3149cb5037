package dev.treadle.launcher.client;

import java.util.Map;

/** A server that runs, as it is asked over HTTP or over JMX. */
interface Server extends AutoCloseable {
    /** Returns how the user knows it, such as {@code 127.0.0.1:9191}. */
    String name();

    /**
     * Returns the numbers, by the names of the JSON.
     *
     * @throws dev.treadle.launcher.host.StartFailedException if the server does not tell
     */
    Map<String, Object> numbers() throws InterruptedException;

    /**
     * Returns the requests or the groups of equal stacks.
     *
     * @throws dev.treadle.launcher.host.StartFailedException if the server does not tell
     */
    Map<String, Object> requests(boolean grouped) throws InterruptedException;

    /**
     * Returns the last reports.
     *
     * @throws dev.treadle.launcher.host.StartFailedException if the server does not tell
     */
    Map<String, Object> reports() throws InterruptedException;

    /**
     * Returns the copies of thread-locals that requests have; empty if the server does not tell
     * that.
     */
    Map<String, Object> threadLocals() throws InterruptedException;

    /**
     * Switches to another model or N.
     *
     * @return what the server says
     * @throws dev.treadle.launcher.host.StartFailedException if the server refuses it
     */
    String switchTo(String model, int n) throws InterruptedException;

    @Override
    void close();
}
