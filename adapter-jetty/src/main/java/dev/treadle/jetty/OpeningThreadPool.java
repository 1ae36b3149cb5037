package dev.treadle.jetty;

import dev.treadle.Workers;
import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

import java.util.function.Supplier;

/**
 * A pool that opens workers at each start of the server it belongs to, installs them there, and
 * closes them when that start has ended. A server that is made and never started has none. It gets
 * the events of its server as {@link InstallingThreadPool} does, under the lock of the server's
 * life cycle.
 */
final class OpeningThreadPool extends WorkersThreadPool implements LifeCycle.Listener {
    private final Supplier<Workers> opener;
    private @Nullable ServerLifecycle installed;

    OpeningThreadPool(Supplier<Workers> opener) {
        this.opener = opener;
    }

    /** Called for the server, and for its connectors, which have the pool as a bean too. */
    @Override
    public void lifeCycleStarting(LifeCycle event) {
        if (event instanceof Server server) {
            Workers workers = opener.get();
            try {
                ServerWorkers forServer = ServerWorkers.of(workers);
                use(forServer);
                ServerLifecycle lifecycle = JettyWorkers.installed(server, forServer);
                installed = lifecycle;
                // this event does not reach a listener that is added while it is told
                lifecycle.lifeCycleStarting(event);
            } catch (RuntimeException | LinkageError failed) {
                takeOut();
                workers.close(); // twice is harmless
                throw failed;
            }
        }
    }

    @Override
    public void lifeCycleStopped(LifeCycle event) {
        if (event instanceof Server) {
            takeOut();
        }
    }

    @Override
    public void lifeCycleFailure(LifeCycle event, Throwable cause) {
        if (event instanceof Server) {
            takeOut();
        }
    }

    private void takeOut() {
        ServerLifecycle lifecycle = installed;
        if (lifecycle != null) {
            installed = null;
            lifecycle.takeOut();
            lifecycle.installation().workers().close();
        }
    }
}
