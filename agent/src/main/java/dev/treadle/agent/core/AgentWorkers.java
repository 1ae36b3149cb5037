package dev.treadle.agent.core;

import static java.util.Objects.requireNonNull;

import dev.treadle.Workers;
import dev.treadle.agent.Pools;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * The workers that the agent opens, one for each server, and what it says of servers. Safe for any
 * thread.
 *
 * @since 0.2.0
 */
public final class AgentWorkers {
    // written before the application begins
    private static @Nullable WorkerSettings settings;
    private static boolean strict;

    private AgentWorkers() {}

    static void use(WorkerSettings resolved, boolean isStrict) {
        settings = resolved;
        strict = isStrict;
    }

    private static Logger log() {
        return System.getLogger("dev.treadle.agent");
    }

    /** Opens workers for one more server. */
    public static Workers open() {
        WorkerSettings known = requireNonNull(settings, "settings");
        if (log().isLoggable(Level.DEBUG)) {
            log().log(Level.DEBUG, "settings: {0}", known.describe());
        }
        Pools.serverStarts();
        Workers workers = Workers.open(known);
        ServerWorkers.of(workers).noteAtStart("by the agent");
        return workers;
    }

    /**
     * Leaves a server as it is, which the agent cannot serve and has not changed.
     *
     * @param container such as {@code Tomcat 10.1.55}
     * @param reason why, with what to do
     * @throws IllegalStateException with {@code strict=true}
     */
    public static void leave(String container, String reason) {
        if (strict) {
            throw new IllegalStateException(
                    container
                            + ": not started, because the agent of Treadle has strict=true: "
                            + reason);
        }
        log().log(
                        Level.WARNING,
                        container + ": starts unchanged, on threads of its own: " + reason);
    }

    /** Whether a server that the agent cannot serve must not start. */
    public static boolean isStrict() {
        return strict;
    }

    /**
     * Notes that a pool of the server is not used.
     *
     * @param container such as {@code Jetty 12.0.36}
     * @param pool its class
     */
    public static void replaced(String container, Class<?> pool) {
        log().log(Level.INFO, container + ": the workers take the place of " + pool.getName());
    }
}
