package dev.treadle.undertow;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.spi.ContainerAdapter;

/**
 * Installs workers in an {@link UndertowSetup}. Found by {@link java.util.ServiceLoader}.
 *
 * @since 0.2.0
 */
@SuppressWarnings("exports") // its interface is for adapters only; a ServiceLoader makes it
public final class UndertowAdapter implements ContainerAdapter {
    /** For {@link java.util.ServiceLoader}. */
    public UndertowAdapter() {}

    @Override
    public String name() {
        return "undertow";
    }

    @Override
    public boolean supports(Object container) {
        return container instanceof UndertowSetup;
    }

    @Override
    public Installation install(Object container, Workers workers) {
        if (container instanceof UndertowSetup setup) {
            return UndertowWorkers.install(setup, workers);
        }
        throw new IllegalArgumentException(
                "container: "
                        + container.getClass().getName()
                        + " (expected: "
                        + UndertowSetup.class.getName()
                        + ")");
    }
}
