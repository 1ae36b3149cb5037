package dev.treadle.undertow;

import dev.treadle.spi.ServerWorkers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Tells the workers under which context paths there are applications. An Undertow does not know its
 * deployments: its root handler is any handler. So these are the deployments of the whole process,
 * of all servers, until they are garbage-collected. If a request has a path of another server's
 * deployment that fits the pattern of a setting, it passes or waits as if it were inside that
 * application; its answer does not change.
 */
final class ApplicationPaths implements AutoCloseable {
    // both guarded by the class
    private static final Map<Object, String> DEPLOYED = new WeakHashMap<>();
    private static final List<ServerWorkers> FOLLOWERS = new ArrayList<>();

    private final ServerWorkers workers;

    private ApplicationPaths(ServerWorkers workers) {
        this.workers = workers;
    }

    /** Tells these workers, until they are closed. */
    static void follow(ServerWorkers workers) {
        synchronized (ApplicationPaths.class) {
            FOLLOWERS.add(workers);
            workers.contextPaths(paths());
        }
        workers.closeWithThese(new ApplicationPaths(workers));
    }

    /**
     * A deployment is there.
     *
     * @param deployment what lives as long as it does
     */
    static void deployed(Object deployment, String contextPath) {
        synchronized (ApplicationPaths.class) {
            DEPLOYED.put(deployment, contextPath);
            FOLLOWERS.forEach(workers -> workers.contextPaths(paths()));
        }
    }

    private static Collection<String> paths() {
        return List.copyOf(DEPLOYED.values());
    }

    @Override
    public void close() {
        synchronized (ApplicationPaths.class) {
            FOLLOWERS.remove(workers);
        }
    }
}
