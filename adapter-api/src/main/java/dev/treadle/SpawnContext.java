package dev.treadle;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/**
 * Carries what is bound to the thread of a parent to the greenlets that it spawns: a trace, a
 * logging context. Implementations are found by {@link java.util.ServiceLoader}, with the class
 * loader of {@link Greenlets}, at the first {@link Greenlets#spawn}. The Spring Boot starter has
 * one for Micrometer's {@code context-propagation}. Without an implementation a spawn costs nothing
 * more.
 *
 * <p>Several are applied one after the other. Safe for any thread.
 *
 * @since 0.2.0
 */
@FunctionalInterface
public interface SpawnContext {
    /**
     * Captures the context of the current thread, the parent's. Its exceptions are those of the
     * spawn.
     *
     * @param task what the greenlet is to run
     * @param <T> what the task returns
     * @return a task that sets the context, runs {@code task} and then clears the context, on the
     *     thread of the greenlet
     */
    <T extends @Nullable Object> Callable<T> wrap(Callable<T> task);
}
