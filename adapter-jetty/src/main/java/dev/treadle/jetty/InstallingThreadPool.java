package dev.treadle.jetty;

import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * A pool that installs its workers in the server it belongs to. A container of Jetty registers each
 * bean that is a listener as a listener of its own (ContainerLifeCycle.addBean, 12.0 and 12.1), and
 * the thread pool is the first bean of a server. So nobody has to hold both the server and the
 * workers, which the XML files of Jetty's modules cannot at the right moment.
 */
final class InstallingThreadPool extends WorkersThreadPool implements LifeCycle.Listener {
    private final ServerWorkers workers;

    InstallingThreadPool(ServerWorkers workers) {
        super(workers);
        this.workers = workers;
    }

    /** Called for the server, and for its connectors, which have the pool as a bean too. */
    @Override
    public void lifeCycleStarting(LifeCycle event) {
        if (event instanceof Server server && !JettyWorkers.hasWorkers(server)) {
            // this event does not reach a listener that is added while it is told
            JettyWorkers.installed(server, workers).lifeCycleStarting(event);
        }
    }
}
