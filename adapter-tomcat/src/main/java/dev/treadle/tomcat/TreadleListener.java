package dev.treadle.tomcat;

import dev.treadle.Workers;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;

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

    // Tomcat calls a listener on one thread at a time: under the lock of the server's life cycle
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final InstallingListener installing = new InstallingListener(this::open);

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
        installing.lifecycleEvent(event);
    }

    private Workers open() {
        WorkerSettings settings =
                WorkerSettings.resolve(
                        List.of(
                                SettingsSource.environment(System.getenv()),
                                SettingsSource.systemProperties(System.getProperties()),
                                SettingsSource.attributes(NAME, attributes)));
        LOG.log(Level.DEBUG, "settings: {0}", settings.describe());
        return Workers.open(settings);
    }
}
