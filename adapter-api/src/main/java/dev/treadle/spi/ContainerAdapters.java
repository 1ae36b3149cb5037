package dev.treadle.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Finds the adapter for the container a host holds.
 *
 * @since 0.2.0
 */
public final class ContainerAdapters {
    private ContainerAdapters() {}

    /**
     * Finds the adapter for {@code container}, among those that the class loader of this class can
     * see: a web application's context class loader is not ours.
     *
     * @return the adapter, or empty if none supports it
     * @throws IllegalStateException if two support it; the message names both
     * @throws ServiceConfigurationError if a provider is broken
     */
    public static Optional<ContainerAdapter> find(Object container) {
        return find(container, ContainerAdapters.class.getClassLoader());
    }

    /**
     * Finds the adapter for {@code container}, among those that {@code loader} can see.
     *
     * @param loader null: the system class loader
     * @return the adapter, or empty if none supports it
     * @throws IllegalStateException if two support it; the message names both
     * @throws ServiceConfigurationError if a provider is broken
     */
    public static Optional<ContainerAdapter> find(
            Object container, @org.jspecify.annotations.Nullable ClassLoader loader) {
        List<ContainerAdapter> found = new ArrayList<>();
        for (ContainerAdapter adapter : ServiceLoader.load(ContainerAdapter.class, loader)) {
            if (adapter.supports(container)) {
                found.add(adapter);
            }
        }
        if (found.size() > 1) {
            throw new IllegalStateException(
                    "adapters for "
                            + container.getClass().getName()
                            + ": "
                            + found.get(0).getClass().getName()
                            + " and "
                            + found.get(1).getClass().getName()
                            + " (expected: one); take one off the class path");
        }
        return found.stream().findFirst();
    }
}
