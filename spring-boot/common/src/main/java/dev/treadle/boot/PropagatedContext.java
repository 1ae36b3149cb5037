package dev.treadle.boot;

import dev.treadle.SpawnContext;

import io.micrometer.context.ContextSnapshotFactory;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import java.util.concurrent.Callable;

/**
 * Carries what Micrometer's {@code context-propagation} knows from a request to its greenlets: the
 * current observation, and so the trace, and all else that the application has registered there.
 * Without that library it does nothing.
 *
 * @since 0.2.0
 */
public final class PropagatedContext implements SpawnContext {
    private static final boolean PRESENT =
            ClassUtils.isPresent(
                    "io.micrometer.context.ContextSnapshotFactory",
                    PropagatedContext.class.getClassLoader());

    /** Loaded only if the library is there. */
    private static final class Snapshots {
        private static final ContextSnapshotFactory FACTORY =
                ContextSnapshotFactory.builder().build();
    }

    /** For {@link java.util.ServiceLoader}. */
    public PropagatedContext() {}

    @Override
    public <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
        return PRESENT ? Snapshots.FACTORY.captureAll().wrap(task) : task;
    }
}
