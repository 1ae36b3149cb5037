package dev.treadle.boot;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Brings what Treadle logs during a shutdown of the JVM to Boot's logging. Treadle logs through
 * {@code System.Logger}, and so java.util.logging, which Boot bridges with a handler at its root.
 * At SIGTERM the JDK takes away every handler (LogManager.Cleaner), at the same time as Boot stops
 * its contexts, so the report of a drain had no way out. A reset leaves filters alone: these hand
 * the records over to the handlers that there were.
 */
final class ShutdownLog implements Filter {
    /** All names that Treadle logs under; a test of the house keeps the list complete. */
    private static final List<String> NAMES =
            List.of(
                    "dev.treadle.boot",
                    "dev.treadle.gate",
                    "dev.treadle.greenlets",
                    "dev.treadle.harakiri",
                    "dev.treadle.hub",
                    "dev.treadle.jetty",
                    "dev.treadle.tomcat",
                    "dev.treadle.undertow",
                    "dev.treadle.workers");

    /**
     * Kept here, because java.util.logging forgets loggers without a strong reference, with their
     * filters.
     */
    private static final List<Logger> LOGGERS = NAMES.stream().map(Logger::getLogger).toList();

    private final List<Handler> handlers;
    private final @Nullable Filter users;

    private ShutdownLog(List<Handler> handlers, @Nullable Filter users) {
        this.handlers = handlers;
        this.users = users;
    }

    /**
     * To be called when Boot has set up its logging. A later call, of another context, replaces
     * what an earlier one has put in place.
     */
    static synchronized void install() {
        List<Handler> handlers = List.of(Logger.getLogger("").getHandlers());
        if (handlers.isEmpty()) {
            return; // another System.LoggerFinder, or nobody listens
        }
        for (Logger logger : LOGGERS) {
            Filter present = logger.getFilter();
            logger.setFilter(
                    new ShutdownLog(
                            handlers,
                            present instanceof ShutdownLog earlier ? earlier.users : present));
        }
    }

    @Override
    public boolean isLoggable(LogRecord entry) {
        if (users != null && !users.isLoggable(entry)) {
            return false;
        }
        if (!isShuttingDown()) {
            return true;
        }
        handlers.forEach(handler -> handler.publish(entry));
        return false;
    }

    /**
     * From before the first shutdown hook starts, the JDK's own among them, hooks cannot be added
     * any more (ApplicationShutdownHooks). Asked for each record of Treadle's, of which there are
     * few.
     */
    private static boolean isShuttingDown() {
        Thread hook = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            Runtime.getRuntime().removeShutdownHook(hook);
            return false;
        } catch (IllegalStateException shuttingDown) {
            return true;
        }
    }
}
