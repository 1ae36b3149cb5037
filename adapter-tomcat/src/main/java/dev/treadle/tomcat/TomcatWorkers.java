package dev.treadle.tomcat;

import static java.util.Objects.requireNonNull;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.spi.ServerWorkers;

import org.apache.catalina.LifecycleListener;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.Server;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.util.ServerInfo;

import java.util.function.Supplier;

/**
 * Installs workers in Tomcat 10.1 or 11.
 *
 * <pre>{@code
 * Workers workers = Workers.open(WorkerSettings.gevent(1000));
 * TomcatWorkers.install(tomcat, workers);
 * tomcat.start();
 * ...
 * tomcat.stop();    // takes no new request, lets those inside finish within the grace
 * workers.close();
 * }</pre>
 *
 * <p>The installation sets on every connector, also on those added after this call and before the
 * start: the executor; the accept backlog; room for N processors, and for N connections and the
 * queue; {@code bindOnInit="false"}, so that a stop can close the listening socket before it waits
 * for the requests inside; and on HTTP/2 the number of streams and the window of a connection, to
 * fit N and the queue. The gate is a valve of each engine. It is in front of all valves that are
 * added after this call. Valves added before (a RemoteIpValve, say) run in front of the gate.
 *
 * @since 0.2.0
 */
public final class TomcatWorkers {
    private TomcatWorkers() {}

    /**
     * Installs workers, before the server is initialised or started.
     *
     * @param tomcat its connectors must not be NIO2, which needs its executor for itself
     * @return the installation
     * @throws IllegalStateException if the server is initialised already, or the workers are closed
     *     or installed elsewhere
     * @throws IllegalArgumentException if a connector is of a kind that cannot work
     */
    public static Installation install(Tomcat tomcat, Workers workers) {
        return install(requireNonNull(tomcat, "tomcat").getServer(), workers);
    }

    /**
     * Installs workers in a server that was not made through {@link Tomcat}; else the same as
     * {@link #install(Tomcat, Workers)}.
     */
    public static Installation install(Server server, Workers workers) {
        requireNonNull(workers, "workers");
        LifecycleState state = requireNonNull(server, "server").getState();
        if (state != LifecycleState.NEW) {
            throw new IllegalStateException(
                    "Tomcat server: "
                            + state
                            + " (expected: NEW); install the workers before Tomcat is initialised or started");
        }
        ServerListener listener = prepared(server, workers);
        server.addLifecycleListener(listener);
        return listener.installation();
    }

    /**
     * Returns a listener for a server that another program makes. It opens workers when the server
     * is about to be initialised, installs them there, and closes them after the server. It is to
     * be added before the initialisation.
     *
     * <p>If the workers cannot be installed in a standalone Tomcat, the listener logs the reason
     * and ends the JVM with exit code 1. In another server, the exception fails the initialisation.
     *
     * @param opener opens the workers, once
     */
    public static LifecycleListener installingListener(Supplier<Workers> opener) {
        return new InstallingListener(requireNonNull(opener, "opener"));
    }

    /**
     * Checks the connectors that a server has by now, and changes nothing.
     *
     * @throws IllegalArgumentException if a connector is of a kind that cannot work
     */
    public static void requireSupported(Server server) {
        for (Service service : requireNonNull(server, "server").findServices()) {
            for (Connector connector : service.findConnectors()) {
                ConnectorSetup.requireSupported(connector);
            }
        }
    }

    /**
     * Installs workers, but for the listener. The caller passes to it each event of the server's
     * life, from the one before the initialisation on.
     *
     * @throws IllegalStateException if the workers are closed or installed elsewhere
     * @throws IllegalArgumentException if a connector is of a kind that cannot work
     */
    static ServerListener prepared(Server server, Workers workers) {
        requireSupported(server);
        String version = ServerInfo.getServerInfo().replace("Apache Tomcat/", "");
        ServerWorkers forServer = ServerWorkers.of(workers);
        forServer.installed("Tomcat " + version);
        Installation installation = new Installation("Tomcat", version, workers);
        ServerListener listener = new ServerListener(server, installation);
        listener.addGates();
        forServer.onSwitch(listener::makeRoom);
        forServer.onStop(listener::sayGoodbye);
        return listener;
    }
}
