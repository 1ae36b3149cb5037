package dev.treadle.jetty;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.spi.ContainerAdapter;

import org.eclipse.jetty.server.Server;

/**
 * {@link JettyWorkers} for hosts that find their adapter by {@link java.util.ServiceLoader}. It has
 * no state.
 *
 * @since 0.2.0
 */
@SuppressWarnings("exports") // its interface is for adapters only; a ServiceLoader makes it
public final class JettyAdapter implements ContainerAdapter {
    /** For the ServiceLoader. */
    public JettyAdapter() {}

    @Override
    public String name() {
        return "jetty";
    }

    @Override
    public boolean supports(Object container) {
        try {
            return container instanceof Server;
        } catch (NoClassDefFoundError absent) {
            // this jar is there and Jetty is not, so the host's container cannot be a Jetty
            return false;
        }
    }

    @Override
    public Installation install(Object container, Workers workers) {
        return JettyWorkers.install((Server) container, workers);
    }
}
