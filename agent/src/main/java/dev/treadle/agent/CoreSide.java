package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

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
     * @return the classes whose pools are made cooperative; null: those of none
     * @throws IllegalArgumentException if something is not valid; the message says what
     */
    @Nullable ExecutorPatterns resolve(String arguments);

    /**
     * Finds what {@link #virtualThread} needs, once {@code java.lang} is open.
     *
     * @throws IllegalArgumentException if this cannot be had on this JDK; the message says why
     */
    void prepareVirtualThreads();

    /**
     * Makes a virtual thread that the JDK's own scheduler runs, also if the present thread is on a
     * hub. It is not started.
     *
     * @param name its name
     * @param inherits whether it inherits the values that the present thread hands on
     * @param task its task
     */
    Thread virtualThread(String name, boolean inherits, Runnable task);
}
