package dev.treadle.bench.server;

import dev.treadle.Workers;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The way in which a server runs its requests, and the settings that are equal for all servers.
 *
 * @param runner what runs the requests
 * @param n how many at a time; a runner without a limit passes over it
 * @param workers Treadle's; null if and only if the runner is not Treadle
 * @param gate false: the gate of the workers is taken out again, to measure what it costs
 */
public record HostSetup(Runner runner, int n, @Nullable Workers workers, boolean gate) {
    /**
     * The setting of a server, {@code off} or nothing, that takes the gate out again. Not one of
     * Treadle, which has no server without a gate.
     */
    public static final String GATE = "gate";

    /** The address of all servers. */
    public static final String ADDRESS = "127.0.0.1";

    /**
     * The accept backlog of all servers. With the containers' own 50 to 1,000 a burst of
     * connections would measure the kernel's retries. The kernel caps it at {@code somaxconn}.
     */
    public static final int BACKLOG = 4_096;

    /** More connections than any benchmark opens. */
    public static final int MAX_CONNECTIONS = 1_000_000;

    /** Longer than any benchmark holds a connection without a byte. */
    public static final Duration IDLE = Duration.ofMinutes(15);

    /** Treadle's workers, where the runner is Treadle. */
    public Workers requiredWorkers() {
        if (workers == null) {
            throw new IllegalStateException("no workers for " + runner.word());
        }
        return workers;
    }

    /** A virtual thread of the JDK's scheduler for each task. */
    static ExecutorService virtualThreads() {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("own-virtual-", 1).factory());
    }

    /** Returns the exception of a host that does not have the chosen runner. */
    public IllegalArgumentException unknownTo(String host) {
        return new IllegalArgumentException(
                "runner: " + runner.word() + " (expected: one that " + host + " has)");
    }
}
