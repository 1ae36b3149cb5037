package dev.treadle.tomcat;

import dev.treadle.Installation;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import org.apache.catalina.Engine;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.Server;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.NioEndpoint;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Goes with the server through its life: sets up connectors, opens the gate at each start and
 * drains at each stop.
 */
final class ServerListener implements LifecycleListener {
    private static final Logger LOG = System.getLogger("dev.treadle.tomcat");

    /** The longest time that a stop waits until the clients on HTTP/2 have been told. */
    private static final Duration GOODBYE = Duration.ofMillis(100);

    private final Server server;
    private final Installation installation;
    private final ServerWorkers workers;
    private final Http2Setup http2 = new Http2Setup();
    private final UnloadDelays unloadDelays = new UnloadDelays();
    private final ApplicationPaths applicationPaths;

    /** As each connector came, before anything of it was raised. */
    private final Map<Connector, UserLimits> userLimits = new ConcurrentHashMap<>();

    ServerListener(Server server, Installation installation) {
        this.server = server;
        this.installation = installation;
        this.workers = ServerWorkers.of(installation.workers());
        this.applicationPaths = new ApplicationPaths(workers);
    }

    Installation installation() {
        return installation;
    }

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        // events of the server only: those of services and connectors do not come here
        switch (event.getType()) {
            case Lifecycle.BEFORE_INIT_EVENT -> setUp();
            case Lifecycle.BEFORE_START_EVENT -> workers.workers().resume();
            case Lifecycle.AFTER_START_EVENT -> LOG.log(Level.INFO, installation.startLine());
            case Lifecycle.BEFORE_STOP_EVENT -> drain();
            case Lifecycle.AFTER_STOP_EVENT -> unloadDelays.restore();
            default -> {}
        }
    }

    private void setUp() {
        WorkersExecutor executor = new WorkersExecutor(workers);
        forEachConnector(connector -> {
            ConnectorSetup.apply(connector, limitsOf(connector), workers.settings(), executor);
            http2.apply(connector, workers.settings());
            AdapterSetup.addTo(connector, workers);
        });
        new HubCarriers(workers).setUp(server);
        addGates();
    }

    /** Gives the connectors room for other settings, while they run. */
    void makeRoom(WorkerSettings settings) {
        forEachConnector(connector -> {
            ConnectorSetup.makeRoom(connector, limitsOf(connector), settings);
            http2.apply(connector, settings);
        });
    }

    /**
     * Says to clients on HTTP/2 that this server stops (GOAWAY). Streams that are open, and those
     * that a client sends before it has read this, are served; for one that comes a while later
     * Tomcat says which was the last (Http2UpgradeHandler.pause and checkPauseState).
     *
     * <p>That write waits for a client that does not read, up to its timeout, and for a thread that
     * writes to the same connection. So it has a thread of its own, and a stop waits only a moment
     * for that thread. A later call skips the connection where an earlier one waits.
     */
    void sayGoodbye() {
        Thread says =
                Thread.ofPlatform().daemon().name("treadle-goaway").start(this::sayGoodbyeToAll);
        try {
            says.join(GOODBYE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // it ends the stop's waits too
        }
    }

    private void sayGoodbyeToAll() {
        PollerInternals.find()
                .ifPresent(internals ->
                        forEachConnector(connector -> sayGoodbye(connector, internals)));
    }

    private static void sayGoodbye(Connector connector, PollerInternals internals) {
        if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
            internals
                    .endpoint(protocol)
                    .map(NioEndpoint::getHandler)
                    .ifPresent(AbstractEndpoint.Handler::pause); // of each connection
        }
    }

    private UserLimits limitsOf(Connector connector) {
        return userLimits.computeIfAbsent(connector, UserLimits::of);
    }

    private void forEachConnector(Consumer<Connector> action) {
        for (Service service : server.findServices()) {
            for (Connector connector : service.findConnectors()) {
                action.accept(connector);
            }
        }
    }

    /** Adds the gate to every engine that has none yet. */
    void addGates() {
        for (Service service : server.findServices()) {
            Engine engine = service.getContainer();
            if (engine != null
                    && Stream.of(engine.getPipeline().getValves())
                            .noneMatch(GateValve.class::isInstance)) {
                engine.getPipeline().addValve(new GateValve(workers));
                new InterruptedValves().addTo(engine);
                applicationPaths.follow(engine);
            }
        }
    }

    private void drain() {
        try {
            workers.workers().prepareStop();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // it ends the drain too
        }
        forEachConnector(connector -> connector.getProtocolHandler().closeServerSocketGraceful());
        try {
            workers.workers().drain(workers.settings().drain());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        for (Service service : server.findServices()) {
            if (service.getContainer() != null) {
                unloadDelays.shorten(service.getContainer());
            }
        }
    }
}
