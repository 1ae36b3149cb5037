package dev.treadle.tomcat;

import dev.treadle.HubsUnavailableException;
import dev.treadle.Workers;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Installs workers in a standalone Tomcat 10.1 or 11, by one element of {@code conf/server.xml}:
 *
 * <pre>{@code
 * <Server port="8005" shutdown="SHUTDOWN">
 *   <Listener className="dev.treadle.tomcat.TreadleListener" gevent="1000"/>
 * }</pre>
 *
 * <p>Each setting is an attribute with its plain name ({@code queue-timeout="2s"}). The environment
 * ({@code TREADLE_QUEUE_TIMEOUT}) and the system properties ({@code treadle.queue-timeout}, also in
 * {@code conf/catalina.properties}) are weaker sources. The workers serve all connectors of all
 * services, with one N for the whole server. They are closed after the server.
 *
 * <p>If the workers cannot be installed, the listener logs the reason and ends the JVM with exit
 * code 1: after a failed initialisation Tomcat would start without them. In a server that another
 * program has made, the exception fails the initialisation of the server, and the JVM goes on.
 *
 * @since 0.2.0
 */
public final class TreadleListener implements LifecycleListener {
    private static final Logger LOG = System.getLogger("dev.treadle.tomcat");
    private static final String NAME = "TreadleListener";

    /**
     * An attribute of every listener, which Tomcat reads itself (ListenerCreateRule, 10.1 and 11).
     */
    private static final String OF_TOMCAT = "optional";

    private static final int FAILED_START = 1;

    // Tomcat calls a listener on one thread at a time: under the lock of the server's life cycle
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private @Nullable ServerListener installed;
    private boolean started;

    /** Made by Tomcat. */
    public TreadleListener() {}

    /**
     * Sets an attribute. Tomcat calls it for each attribute of the element.
     *
     * @param name the name of a setting, such as {@code queue-timeout}; checked when the server is
     *     initialised, because Tomcat only warns of an attribute that is refused here
     * @param value its value as text
     * @return true: the attribute is taken
     */
    public boolean setProperty(String name, String value) {
        if (!name.equals(OF_TOMCAT)) {
            attributes.put(name, value);
        }
        return true;
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
                        NAME
                                + ": in "
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
        WorkerSettings settings = settings();
        LOG.log(Level.DEBUG, "settings: {0}", settings.describe());
        Workers workers = Workers.open(settings);
        boolean begun = false;
        try {
            ServerListener listener = TomcatWorkers.prepared(server, workers);
            ReplacedPools.log(server, settings);
            listener.lifecycleEvent(event);
            installed = listener;
            begun = true;
        } finally {
            if (!begun) {
                workers.close();
            }
        }
    }

    private WorkerSettings settings() {
        return WorkerSettings.resolve(
                List.of(
                        SettingsSource.environment(System.getenv()),
                        SettingsSource.systemProperties(System.getProperties()),
                        SettingsSource.attributes(NAME, attributes)));
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
