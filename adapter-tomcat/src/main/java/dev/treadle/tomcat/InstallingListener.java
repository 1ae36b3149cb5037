package dev.treadle.tomcat;

import dev.treadle.HubsUnavailableException;
import dev.treadle.Workers;

import org.apache.catalina.Engine;
import org.apache.catalina.Host;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.Server;
import org.apache.catalina.Service;
import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/**
 * Opens workers when its server is about to be initialised, installs them there, and closes them
 * after the server. The server sees its connectors and their attributes by then.
 *
 * <p>A listener that fails does not stop a standalone Tomcat: it would start without the workers.
 * So a failure there ends the JVM. Tomcat calls a listener on one thread at a time, under the lock
 * of the server's life cycle.
 */
final class InstallingListener implements LifecycleListener {
    private static final Logger LOG = System.getLogger("dev.treadle.tomcat");
    private static final int FAILED_START = 1;

    private final Supplier<Workers> opener;
    private @Nullable ServerListener installed;
    private boolean started;

    InstallingListener(Supplier<Workers> opener) {
        this.opener = opener;
    }

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        if (event.getType().equals(Lifecycle.BEFORE_INIT_EVENT)) {
            begin(event);
            return;
        }
        ServerListener listener = installed;
        if (listener != null) {
            listener.lifecycleEvent(event);
            switch (event.getType()) {
                case Lifecycle.AFTER_START_EVENT -> started = true;
                case Lifecycle.AFTER_DESTROY_EVENT -> end(event, listener);
                default -> {}
            }
        }
    }

    private void begin(LifecycleEvent event) {
        try {
            if (!(event.getLifecycle() instanceof Server server)) {
                throw new IllegalStateException(
                        "TreadleListener: in "
                                + event.getLifecycle()
                                + " (expected: directly in <Server> of conf/server.xml)");
            }
            open(server, event);
        } catch (RuntimeException | LinkageError failed) {
            if (isStandalone(event.getLifecycle())) {
                logAndExit(failed);
            }
            throw failed;
        }
    }

    private void open(Server server, LifecycleEvent event) {
        Workers workers = opener.get();
        boolean begun = false;
        try {
            ServerListener listener = TomcatWorkers.prepared(server, workers);
            ReplacedPools.log(server, workers.settings());
            listener.lifecycleEvent(event);
            installed = listener;
            begun = true;
        } finally {
            if (!begun) {
                workers.close();
            }
        }
    }

    private void end(LifecycleEvent event, ServerListener listener) {
        installed = null;
        listener.installation().workers().close();
        if (!started && isStandalone(event.getLifecycle())) {
            // Tomcat has logged the reason, such as a port that is in use, and would end with 0.
            // Without workers the port is bound in the initialisation, whose failure ends with 1.
            System.exit(FAILED_START);
        }
    }

    /** Whether Tomcat has read its server.xml, and is its own main program. */
    private static boolean isStandalone(Lifecycle owner) {
        Server server =
                switch (owner) {
                    case Server itself -> itself;
                    case Service service -> service.getServer();
                    case Engine engine -> engine.getService().getServer();
                    case Host host when host.getParent() instanceof Engine engine ->
                            engine.getService().getServer();
                    // an element of one web application: only that one is not started
                    default -> null;
                };
        return server != null && server.getCatalina() != null;
    }

    private static void logAndExit(Throwable failed) {
        // the message of these is complete, and no line of their stack is of use to their reader
        boolean explained =
                failed instanceof IllegalArgumentException
                        || failed.getClass().equals(IllegalStateException.class)
                        || failed instanceof HubsUnavailableException;
        String message = "Tomcat is not started, because its workers cannot be: ";
        if (explained) {
            LOG.log(Level.ERROR, message + failed.getMessage());
        } else {
            LOG.log(Level.ERROR, message + failed, failed);
        }
        System.exit(FAILED_START);
    }
}
