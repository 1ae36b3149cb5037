package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

/**
 * The part of the agent that lives beside one container, in the class loader of the adapter. It is
 * called at the moments of a server that its container has. A container calls it under its own
 * locks.
 *
 * @since 0.2.0
 */
public interface ContainerSide {
    /** Returns name and version, such as {@code Tomcat 10.1.55}. */
    String container();

    /** Whether the agent knows this version. */
    boolean knowsVersion();

    /**
     * A Tomcat was made.
     *
     * @param server a {@code StandardServer}, at the end of its constructor
     */
    default void made(Object server) {}

    /**
     * A Jetty is being made.
     *
     * @param pool the thread pool that it was to have; null: Jetty's default
     * @return the thread pool that it gets
     */
    default @Nullable Object pool(@Nullable Object pool) {
        return pool;
    }

    /** An Undertow is about to start. */
    default void starting(Object server) {}

    /** An Undertow is about to stop. */
    default void stopping(Object server) {}

    /** An Undertow has stopped, or has failed to start. */
    default void stopped(Object server) {}

    /**
     * Undertow deploys a web application.
     *
     * @param deployment a {@code DeploymentInfo}
     * @param context a {@code ServletContext}
     */
    default void deploying(Object deployment, Object context) {}
}
