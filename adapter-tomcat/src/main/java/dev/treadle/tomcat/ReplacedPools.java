package dev.treadle.tomcat;

import dev.treadle.settings.WorkerSettings;

import org.apache.catalina.Executor;
import org.apache.catalina.Server;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * Names the attributes of connectors that choose a thread pool of Tomcat's own. The workers run the
 * requests in its place. The attributes may stay where they are, for the day when the workers are
 * taken out again, so this is no warning.
 */
final class ReplacedPools {
    private static final Logger LOG = System.getLogger("dev.treadle.tomcat");

    // AbstractEndpoint, 10.1 and 11
    private static final int DEFAULT_MAX_THREADS = 200;

    private ReplacedPools() {}

    /** To be called before the connectors get the executor of the workers. */
    static void log(Server server, WorkerSettings settings) {
        for (Service service : server.findServices()) {
            for (Connector connector : service.findConnectors()) {
                List<String> attributes = attributesOf(connector);
                if (!attributes.isEmpty()) {
                    LOG.log(
                            Level.INFO,
                            "connector {0}: {1}: of no effect, its requests run on {2}",
                            String.valueOf(connector.getPort()),
                            String.join(", ", attributes),
                            settings.summary());
                }
            }
        }
    }

    private static List<String> attributesOf(Connector connector) {
        AbstractProtocol<?> protocol = ConnectorSetup.requireSupported(connector);
        List<String> attributes = new ArrayList<>();
        if (protocol.getExecutor() instanceof Executor named) {
            attributes.add("executor=" + named.getName());
        } else if (protocol.getMaxThreads() != DEFAULT_MAX_THREADS) {
            attributes.add("maxThreads=" + protocol.getMaxThreads());
        }
        if ("true".equals(String.valueOf(connector.getProperty("useVirtualThreads")))) {
            attributes.add("useVirtualThreads=true");
        }
        return attributes;
    }
}
