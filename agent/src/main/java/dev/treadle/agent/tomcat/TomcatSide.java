package dev.treadle.agent.tomcat;

import dev.treadle.agent.ContainerSide;
import dev.treadle.agent.core.AgentWorkers;
import dev.treadle.tomcat.TomcatWorkers;

import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.Server;
import org.apache.catalina.util.ServerInfo;

/**
 * Installs workers in each Tomcat that is made.
 *
 * @since 0.2.0
 */
public final class TomcatSide implements ContainerSide {
    private static final TomcatSide ONLY = new TomcatSide();

    private TomcatSide() {}

    /** Returns the only one. */
    public static ContainerSide side() {
        return ONLY;
    }

    @Override
    public String container() {
        return "Tomcat " + ServerInfo.getServerNumber();
    }

    @Override
    public boolean knowsVersion() {
        return ServerInfo.getServerNumber().matches("(10\\.1|11\\.0)\\..*");
    }

    @Override
    public void made(Object server) {
        ((Server) server).addLifecycleListener(new Installing());
    }

    /** Leaves the server alone if a connector cannot work, which is known only at the start. */
    private static final class Installing implements LifecycleListener {
        private final LifecycleListener listener =
                TomcatWorkers.installingListener(AgentWorkers::open);
        private boolean left; // under the lock of the server's life cycle

        @Override
        public void lifecycleEvent(LifecycleEvent event) {
            if (event.getType().equals(Lifecycle.BEFORE_INIT_EVENT) && !AgentWorkers.isStrict()) {
                left = isUnsupported((Server) event.getLifecycle());
            }
            if (!left) {
                listener.lifecycleEvent(event);
            }
        }

        private static boolean isUnsupported(Server server) {
            try {
                TomcatWorkers.requireSupported(server);
                return false;
            } catch (IllegalArgumentException refused) {
                AgentWorkers.leave(ONLY.container(), String.valueOf(refused.getMessage()));
                return true;
            }
        }
    }
}
