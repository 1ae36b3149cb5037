package dev.treadle.spi;

import dev.treadle.Installation;
import dev.treadle.Workers;

/**
 * Installs workers in one kind of container. Implementations are found by {@link
 * java.util.ServiceLoader} and have no state.
 *
 * @since 0.2.0
 */
public interface ContainerAdapter {
    /** Returns the name of the kind of container for messages, such as {@code tomcat}. */
    String name();

    /**
     * Whether this adapter can install workers in {@code container}. Must not throw for any
     * argument.
     *
     * @param container the object a host holds, such as a Tomcat or a Jetty {@code Server}
     */
    boolean supports(Object container);

    /**
     * Installs workers, before the container is started.
     *
     * @param container one that this adapter {@link #supports}
     * @throws IllegalStateException if the container or the workers are past the moment for it
     * @throws IllegalArgumentException if the container is set up in a way that cannot work, saying
     *     what to change
     */
    Installation install(Object container, Workers workers);
}
