package dev.treadle.tomcat;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.spi.ContainerAdapter;

import org.apache.catalina.Server;
import org.apache.catalina.startup.Tomcat;

/**
 * Finds Tomcat for a host that holds a {@link Tomcat} or a {@link Server}.
 *
 * @since 0.2.0
 */
@SuppressWarnings("exports") // its interface is for adapters only; a ServiceLoader makes it
public final class TomcatAdapter implements ContainerAdapter {
    /** For the service loader. */
    public TomcatAdapter() {}

    @Override
    public String name() {
        return "tomcat";
    }

    @Override
    public boolean supports(Object container) {
        try {
            return container instanceof Tomcat || container instanceof Server;
        } catch (NoClassDefFoundError absent) {
            // this jar is there and Tomcat is not, so the host's container cannot be a Tomcat
            return false;
        }
    }

    @Override
    public Installation install(Object container, Workers workers) {
        return container instanceof Tomcat tomcat
                ? TomcatWorkers.install(tomcat, workers)
                : TomcatWorkers.install((Server) container, workers);
    }
}
