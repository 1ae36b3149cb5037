package dev.treadle.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * The log of the launcher, the container and every application that logs with java.util.logging, on
 * standard error.
 *
 * <p>While the server starts, records are held: if the start fails, the user gets one message
 * instead of what three layers of a container each logged about it. After the start they pass at
 * once. With {@code --verbose} nothing is held. A configuration of java.util.logging by its own
 * system properties is kept.
 */
final class LauncherLog {
    private static final List<String> WARNINGS_ONLY =
            List.of(
                    "com.zaxxer.hikari",
                    "org.apache.catalina",
                    "org.apache.coyote",
                    "org.apache.jasper",
                    "org.apache.juli",
                    "org.apache.naming",
                    "org.apache.tomcat",
                    "org.eclipse.jetty",
                    "io.undertow",
                    "org.xnio",
                    "org.jboss",
                    "dev.treadle");

    /** Tomcat and Undertow log here what an application says with ServletContext.log. */
    private static final List<String> APPLICATIONS =
            List.of("org.apache.catalina.core.ContainerBase", "io.undertow.servlet");

    /**
     * Jetty's build of Jasper lacks schemas that only XML validation needs, and warns of each at
     * each start.
     */
    private static final String JASPER_SCHEMAS =
            "org.apache.tomcat.util.descriptor.DigesterFactory";

    /** java.util.logging forgets the level of a logger without a strong reference. */
    private final List<Logger> levelled = new ArrayList<>();

    private final HoldingHandler handler;

    private LauncherLog(HoldingHandler handler) {
        this.handler = handler;
    }

    /** Takes over java.util.logging, unless the user has configured it. */
    static LauncherLog install(boolean verbose, LogFormat format) {
        boolean usersOwn =
                System.getProperty("java.util.logging.config.file") != null
                        || System.getProperty("java.util.logging.config.class") != null;
        LauncherLog log = new LauncherLog(new HoldingHandler(usersOwn, format, verbose));
        Logger root = Logger.getLogger("");
        if (!usersOwn) {
            for (Handler theirs : root.getHandlers()) {
                root.removeHandler(theirs);
            }
            if (!verbose) {
                WARNINGS_ONLY.forEach(name -> log.level(name, Level.WARNING));
                APPLICATIONS.forEach(name -> log.level(name, Level.INFO));
                log.level(JASPER_SCHEMAS, Level.SEVERE);
            }
        }
        root.addHandler(log.handler);
        return log;
    }

    private void level(String name, Level level) {
        Logger logger = Logger.getLogger(name);
        logger.setLevel(level);
        levelled.add(logger);
    }

    /** The server has started: the held records are logged now, and later ones at once. */
    void release() {
        handler.release();
    }

    /** The present thread starts an application: what is logged by it is held. */
    void holdThisThread() {
        handler.holdThisThread();
    }

    /** The application has not started: the user gets one message, and not what is held. */
    void forget() {
        handler.forget();
    }

    /** Returns the first record of an error with its exception, among those that are held. */
    Optional<LogRecord> firstError() {
        return handler.firstError();
    }
}
