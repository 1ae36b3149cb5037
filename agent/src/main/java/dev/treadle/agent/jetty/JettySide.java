package dev.treadle.agent.jetty;

import dev.treadle.agent.ContainerSide;
import dev.treadle.agent.core.AgentWorkers;
import dev.treadle.jetty.JettyWorkers;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * Installs workers in each Jetty that is made, by its thread pool.
 *
 * @since 0.2.0
 */
public final class JettySide implements ContainerSide {
    private static final JettySide ONLY = new JettySide();

    private JettySide() {}

    /** Returns the only one. */
    public static ContainerSide side() {
        return ONLY;
    }

    @Override
    public String container() {
        return "Jetty " + Server.getVersion();
    }

    @Override
    public boolean knowsVersion() {
        return Server.getVersion().matches("12\\.[01]\\..*");
    }

    @Override
    public @Nullable Object pool(@Nullable Object pool) {
        if (pool != null
                && !(pool instanceof QueuedThreadPool)
                && !(pool instanceof VirtualThreadPool)) {
            AgentWorkers.leave(
                    container(),
                    "thread pool: "
                            + pool.getClass().getName()
                            + " (expected: none, a QueuedThreadPool or a VirtualThreadPool)");
            return pool;
        }
        if (pool instanceof LifeCycle started && started.isRunning()) {
            AgentWorkers.leave(
                    container(),
                    "thread pool: "
                            + pool.getClass().getName()
                            + " that runs already (expected: one that the server starts)");
            return pool;
        }
        if (pool != null) {
            AgentWorkers.replaced(container(), pool.getClass());
        }
        return JettyWorkers.openingThreadPool(AgentWorkers::open);
    }
}
