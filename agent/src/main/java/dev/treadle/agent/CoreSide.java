package dev.treadle.agent;

/**
 * The part of the agent that lives beside the core.
 *
 * @since 0.2.0
 */
public interface CoreSide {
    /**
     * Reads the settings: the arguments of the agent, over the system properties, over the
     * environment, over the file that the arguments name.
     *
     * @param arguments those of the agent, such as {@code gevent=1000,queue=500}
     * @throws IllegalArgumentException if something is not valid; the message says what
     */
    void resolve(String arguments);
}
