package dev.treadle.launcher.host;

import dev.treadle.Installation;
import dev.treadle.Workers;

import java.util.List;

/**
 * One container of one kind, started once and stopped once. Implementations live in the container's
 * own class loader and have a public constructor without parameters. Not safe for use by several
 * threads at once, with two exceptions. {@link #stopListening} and {@link #stop} may be called by
 * other threads than {@link #start} once that has returned, one after another. {@link
 * #stopListening} may be called while another thread replaces a version.
 */
public interface ContainerHost {
    /**
     * Starts the container with the workers installed, and returns when it answers. No port is open
     * before all applications have started.
     *
     * @throws ApplicationFailedException if an application does not start
     * @throws ListenFailedException if it cannot listen at one of its addresses
     * @throws Exception if it cannot start; the caller then calls {@link #stop}
     */
    Installation start(Site site, Workers workers) throws Exception;

    /**
     * Returns the ports it listens on, in the order of {@link Site#listeners}: each the one asked
     * for, or the free one it was given in place of port 0. To be called after {@link #start}.
     */
    List<Integer> ports();

    /**
     * Starts a new version of an application beside the one that runs. As soon as it has started,
     * it gets all further requests at its context path.
     *
     * @return the version before, which still has its requests inside
     * @throws ApplicationFailedException if it does not start; the one before then goes on
     */
    FormerVersion replace(WarVersion next) throws ApplicationFailedException;

    /**
     * Closes the listening sockets, and leaves open connections alone. To be called after {@link
     * #start}.
     *
     * @throws Exception if a socket cannot be closed in order
     */
    void stopListening() throws Exception;

    /**
     * Stops the container. Harmless if it never started, or only half. Requests inside get the
     * grace of the settings, here or when the workers are closed afterwards.
     *
     * @throws Exception if it cannot stop in order
     */
    void stop() throws Exception;
}
