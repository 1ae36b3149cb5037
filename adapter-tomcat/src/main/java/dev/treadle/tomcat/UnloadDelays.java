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
    /**
     * Tomcat waits 21 times a twentieth of it; of less than this 11 makes {@code wait(0)}, which is
     * for ever (StandardWrapper.unload).
     */
    private static final long SHORTEST_MILLIS = 20;

    private final List<Runnable> restore = new ArrayList<>();

    /** Makes those of all web applications as short as can be. */
    void shorten(Engine engine) {
        shortenBelow(engine);
    }

    private void shortenBelow(Container container) {
        if (container instanceof StandardContext context) {
            long delay = context.getUnloadDelay();
            restore.add(() -> set(context, delay));
            set(context, SHORTEST_MILLIS);
        } else {
            for (Container child : container.findChildren()) {
                shortenBelow(child);
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
