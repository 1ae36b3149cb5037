package dev.treadle.launcher.tomcat;

import dev.treadle.launcher.host.Application;
import dev.treadle.launcher.host.ApplicationFailedException;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.FormerVersion;
import dev.treadle.launcher.host.ReasonInLogException;
import dev.treadle.launcher.host.WarVersion;
import dev.treadle.launcher.host.WorkDirectory;

import org.apache.catalina.Context;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.util.ContextName;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The web applications of one Tomcat. Each version is a context of the host, which tells contexts
 * of one path apart by their versions.
 */
final class TomcatApplications {
    private static final Logger LOG = System.getLogger("dev.treadle.launcher");

    private final Tomcat tomcat;

    // written by add, before the server starts
    private final Map<String, Application<Context>> byPath = new HashMap<>();
    private final Map<Context, Content.War> first = new LinkedHashMap<>();

    TomcatApplications(Tomcat tomcat) {
        this.tomcat = tomcat;
    }

    /**
     * Adds the applications that the server starts with. The start of the server fails if one of
     * them does not start, and opens no port.
     *
     * @param contexts makes the context of a version
     */
    void add(List<WarVersion> versions, Function<WarVersion, StandardContext> contexts) {
        StandardHost host = host();
        for (WarVersion version : versions) {
            StandardContext context = contexts.apply(version);
            host.addChild(context);
            byPath.put(context.getPath(), new Application<>(context));
            first.put(context, version.war());
        }
        // a later child is started here, and not by addChild, which hides the outcome
        host.setStartChildren(false);
        host.getPipeline().addValve(new CurrentVersionValve(byPath));
        // the connectors start after the engine
        tomcat.getEngine()
                .addLifecycleListener(event -> {
                    if (event.getType().equals(Lifecycle.AFTER_START_EVENT) && !allStarted()) {
                        throw new IllegalStateException("an application has not started");
                    }
                });
    }

    private StandardHost host() {
        return (StandardHost) tomcat.getHost();
    }

    private boolean allStarted() {
        return first.keySet().stream().allMatch(TomcatApplications::isStarted);
    }

    private static boolean isStarted(Context context) {
        return context.getState().isAvailable();
    }

    /**
     * Looks at those that the server starts with.
     *
     * @throws ApplicationFailedException if one has not started
     */
    void requireStarted() throws ApplicationFailedException {
        for (Map.Entry<Context, Content.War> each : first.entrySet()) {
            if (!isStarted(each.getKey())) {
                throw failed(each.getValue(), each.getKey());
            }
        }
    }

    private static ApplicationFailedException failed(Content.War war, Context context) {
        return new ApplicationFailedException(
                war,
                new ReasonInLogException(
                        "the web application is in state " + context.getStateName()));
    }

    /**
     * Starts a version, and passes all further requests to it.
     *
     * @param context its context, not added yet
     * @throws ApplicationFailedException if it does not start
     */
    FormerVersion replace(WarVersion next, StandardContext context)
            throws ApplicationFailedException {
        host().addChild(context);
        boolean started = false;
        try {
            context.start();
            started = isStarted(context);
            if (!started) {
                throw failed(next.war(), context);
            }
        } catch (LifecycleException failed) {
            throw new ApplicationFailedException(next.war(), failed);
        } finally {
            if (!started) {
                remove(context);
            }
        }
        Application<Context> application = byPath.get(context.getPath());
        if (application == null) {
            throw new IllegalStateException("no application at " + context.getPath());
        }
        return new Former(application.switchTo(context));
    }

    /** Stops a context, and removes what Tomcat leaves of it. */
    private void remove(Context context) {
        host().removeChild(context);
        Path unpacked = unpacked(context);
        try {
            WorkDirectory.delete(unpacked);
        } catch (IOException left) {
            LOG.log(Level.WARNING, "temporary files are left in " + unpacked, left);
        }
    }

    /** Where Tomcat has unpacked the WAR, if it is one. */
    private Path unpacked(Context context) {
        ContextName name = new ContextName(context.getPath(), context.getWebappVersion());
        return host().getAppBaseFile().toPath().resolve(name.getBaseName());
    }

    /** A context that gets no requests any more. */
    private final class Former implements FormerVersion {
        private final Application.Running<Context> running;

        Former(Application.Running<Context> running) {
            this.running = running;
        }

        @Override
        public long awaitNobodyInside(Duration grace) throws InterruptedException {
            return running.awaitNobodyInside(grace);
        }

        @Override
        public void stop() {
            first.remove(running.version());
            remove(running.version());
        }
    }
}
