package dev.treadle.tomcat;

import dev.treadle.spi.ServerWorkers;

import org.apache.catalina.Container;
import org.apache.catalina.ContainerEvent;
import org.apache.catalina.ContainerListener;
import org.apache.catalina.Context;
import org.apache.catalina.Engine;
import org.apache.catalina.Host;
import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Tells the workers under which context paths a server has applications, also of those that come
 * and go while it runs. Tomcat sets the path of a context before it adds it to a host, and starts
 * it after that.
 */
final class ApplicationPaths implements ContainerListener {
    private final ServerWorkers workers;
    private final List<Engine> engines = new CopyOnWriteArrayList<>();

    ApplicationPaths(ServerWorkers workers) {
        this.workers = workers;
    }

    /** Follows the applications of an engine; once. */
    void follow(Engine engine) {
        engines.add(engine);
        engine.addContainerListener(this);
        for (Container host : engine.findChildren()) {
            host.addContainerListener(this);
        }
        tell(null);
    }

    /** Of an engine, whose children are hosts, and of a host, whose children are contexts. */
    @Override
    public void containerEvent(ContainerEvent event) {
        if (Container.ADD_CHILD_EVENT.equals(event.getType())) {
            if (event.getData() instanceof Host host) {
                host.addContainerListener(this);
            }
            tell(null);
        } else if (Container.REMOVE_CHILD_EVENT.equals(event.getType())) {
            tell(event.getData()); // it is still there (ContainerBase.removeChild)
        }
    }

    /** One call at a time, so that the last call reports the current state. */
    private synchronized void tell(@Nullable Object leaves) {
        Set<String> paths = new HashSet<>();
        for (Engine engine : engines) {
            for (Container host : engine.findChildren()) {
                if (!host.equals(leaves)) {
                    addPaths(host, leaves, paths);
                }
            }
        }
        workers.contextPaths(paths);
    }

    private static void addPaths(Container host, @Nullable Object leaves, Set<String> paths) {
        for (Container child : host.findChildren()) {
            if (child instanceof Context context
                    && context.getPath() != null
                    && !context.equals(leaves)) {
                paths.add(context.getPath());
            }
        }
    }
}
