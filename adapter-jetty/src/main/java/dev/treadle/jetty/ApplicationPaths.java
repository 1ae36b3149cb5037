package dev.treadle.jetty;

import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.component.Container;
import org.eclipse.jetty.util.component.LifeCycle;

import java.util.HashSet;
import java.util.Set;

/**
 * Tells the workers under which context paths a server has applications, also of those that are
 * deployed while it runs. Jetty hands each bean below the server to it. The path of a context may
 * be set after the context has been added, so it is read when the context starts.
 */
final class ApplicationPaths implements Container.InheritedListener, LifeCycle.Listener {
    private final ServerWorkers workers;
    private final Set<ContextHandler> contexts = new HashSet<>(); // guarded by this

    ApplicationPaths(ServerWorkers workers) {
        this.workers = workers;
    }

    @Override
    public synchronized void beanAdded(Container parent, Object child) {
        if (child instanceof ContextHandler context && contexts.add(context)) {
            context.addEventListener(this);
            tell();
        }
    }

    @Override
    public synchronized void beanRemoved(Container parent, Object child) {
        if (child instanceof ContextHandler context && contexts.remove(context)) {
            context.removeEventListener(this);
            tell();
        }
    }

    /** Of a context, or of the server, whose contexts start after that. */
    @Override
    public synchronized void lifeCycleStarting(LifeCycle event) {
        tell();
    }

    private void tell() {
        Set<String> paths = new HashSet<>();
        for (ContextHandler context : contexts) {
            paths.add(context.getContextPath());
        }
        workers.contextPaths(paths);
    }
}
