package dev.treadle.tomcat;

import org.apache.catalina.Container;
import org.apache.catalina.Engine;
import org.apache.catalina.core.StandardContext;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps Tomcat from waiting a second time for requests that a drain has waited for and interrupted:
 * it would wait 2 s for each servlet that still has one (StandardWrapper.unload), and as long for
 * asynchronous ones of each context (StandardContext.stopInternal). For the thread that stops the
 * server.
 */
final class UnloadDelays {
    private final List<Runnable> restore = new ArrayList<>();

    /** Sets those of all web applications to nothing. */
    void clear(Engine engine) {
        clearBelow(engine);
    }

    private void clearBelow(Container container) {
        if (container instanceof StandardContext context) {
            long delay = context.getUnloadDelay();
            restore.add(() -> set(context, delay));
            set(context, 0);
        } else {
            for (Container child : container.findChildren()) {
                clearBelow(child);
            }
        }
    }

    /** Servlets have a copy of the delay, which they take when they get their parent. */
    private static void set(StandardContext context, long delay) {
        context.setUnloadDelay(delay);
        for (Container servlet : context.findChildren()) {
            servlet.setParent(context);
        }
    }

    /** Sets them back, for the next life of the server. */
    void restore() {
        restore.forEach(Runnable::run);
        restore.clear();
    }
}
