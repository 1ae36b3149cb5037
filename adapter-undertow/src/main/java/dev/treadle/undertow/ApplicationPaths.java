package dev.treadle.undertow;

import dev.treadle.Workers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Tells the workers under which context paths there are applications. An Undertow does not know its
 * deployments: its root handler is any handler. So these are the deployments of the whole process,
 * whatever server they are behind, until they are collected. A request at another server's path
 * that the pattern of a setting fits passes or waits as if it were inside an application; it is
 * answered as ever.
 */
final class ApplicationPaths implements AutoCloseable {
    // both guarded by the class
    private static final Map<Object, String> DEPLOYED = new WeakHashMap<>();
    private static final List<Workers> FOLLOWERS = new ArrayList<>();

    private final Workers workers;

    private ApplicationPaths(Workers workers) {
        this.workers = workers;
    }

    /** Tells these workers, until they are closed. */
    static void follow(Workers workers) {
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
