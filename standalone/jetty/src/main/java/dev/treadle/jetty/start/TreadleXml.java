package dev.treadle.jetty.start;

import dev.treadle.Workers;
import dev.treadle.jetty.JettyWorkers;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.resource.Resource;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.xml.ConfigurationProcessor;
import org.eclipse.jetty.xml.XmlConfiguration;
import org.eclipse.jetty.xml.XmlParser;
import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Puts the thread pool of the workers in the place of the one that the module {@code threadpool}
 * has made, before the server is made with it. The pool installs the workers when the server
 * starts, and they are closed when the pool has stopped.
 */
final class TreadleXml implements ConfigurationProcessor {
    private static final Logger LOG = System.getLogger("dev.treadle.jetty");

    /** The name of the pool among the objects of Jetty's XML files. */
    private static final String POOL = "threadPool";

    /**
     * A start.jar that has forked this JVM ends as soon as it does, and may lose what was printed
     * last (start.Main.start, 12.0 and 12.1).
     */
    private static final Duration TO_BE_READ = Duration.ofMillis(500);

    private @Nullable XmlConfiguration configuration;

    @Override
    public void init(Resource location, XmlParser.Node root, XmlConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    public Object configure(Object object) {
        throw new UnsupportedOperationException("etc/treadle.xml configures no object");
    }

    /** Returns null: there is nothing for Jetty to start. */
    @Override
    public @Nullable Object configure() throws InterruptedException {
        if (configuration == null) {
            throw new IllegalStateException("configure is called before init");
        }
        Map<String, Object> objects = configuration.getIdMap();
        try {
            Workers workers = Workers.open(settings(configuration.getProperties()));
            QueuedThreadPool pool = JettyWorkers.installingThreadPool(workers);
            pool.addEventListener(new Closing(workers));
            Object replaced = objects.put(POOL, pool);
            LOG.log(Level.DEBUG, "in place of {0}", replaced);
        } catch (RuntimeException failed) {
            LOG.log(
                    Level.ERROR,
                    "Jetty is not started, because its workers cannot be: " + failed.getMessage());
            Thread.sleep(TO_BE_READ);
            throw failed;
        }
        return null;
    }

    private static WorkerSettings settings(Map<String, String> properties) {
        WorkerSettings settings =
                WorkerSettings.resolve(
                        List.of(
                                SettingsSource.environment(System.getenv()),
                                // those of the system are among them
                                SettingsSource.properties("start property", properties)));
        LOG.log(Level.DEBUG, "settings: {0}", settings.describe());
        return settings;
    }

    /** Closes the workers after their pool, which is the last that a server stops. */
    private record Closing(Workers workers) implements LifeCycle.Listener {
        @Override
        public void lifeCycleStopped(LifeCycle event) {
            workers.close();
        }
    }
}
