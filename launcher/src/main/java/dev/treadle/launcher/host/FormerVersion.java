package dev.treadle.launcher.host;

import java.time.Duration;

/** A version of an application that gets no more requests, since a newer one has them. */
public interface FormerVersion {
    /**
     * Waits until no request is inside.
     *
     * @param grace the longest wait
     * @return how many are still inside after it; 0 as soon as there are none
     */
    long awaitNobodyInside(Duration grace) throws InterruptedException;

    /**
     * Stops the application. Its WebSockets are closed. To be called once, by the thread that has
     * called {@link ContainerHost#replace}.
     *
     * @throws Exception if it does not stop in order
     */
    void stop() throws Exception;
}
