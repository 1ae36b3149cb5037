package dev.treadle.internal.engine;

import dev.treadle.internal.hub.JdkHubAccess;
import dev.treadle.internal.hub.Watching;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What runs the greenlets of a probe. */
enum Scheduling {
    /** Hubs that are never taken from their carriers. */
    STRICT("retake off"),
    /** Hubs that are. */
    RETAKE("retake 20 ms"),
    /** The JDK's own scheduler, with as many carriers as there would be hubs. */
    STOCK("JDK's scheduler");

    static final Duration RETAKE_AFTER = Duration.ofMillis(20);
    private static final Duration REPORT_AFTER = Duration.ofMillis(100);
    private static final String CARRIERS_OF_THE_JDK = "ForkJoinPool-1-worker-";

    private final String title;

    Scheduling(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /**
     * Returns what its JVM needs.
     *
     * @param compensated whether the JDK's scheduler may add carriers for blocked ones, as it does
     *     by default
     */
    List<String> jvmOptions(int hubs, boolean compensated) {
        if (this != STOCK) {
            return List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED");
        }
        String prefix = "-Djdk.virtualThreadScheduler.";
        return compensated
                ? List.of(prefix + "parallelism=" + hubs)
                : List.of(prefix + "parallelism=" + hubs, prefix + "maxPoolSize=" + hubs);
    }

    /**
     * @param greenlets runs a task in a greenlet of its own; on the hub of the greenlet that asks,
     *     if one does
     * @param spares how many carriers there are beyond one for each hub
     * @param reports how many slices were reported as too long so far
     * @param held what the calling greenlet holds while it blocks: its hub, or any carrier
     */
    record Opened(Executor greenlets, IntSupplier spares, LongSupplier reports, Supplier<?> held) {}

    Opened open(int hubs) {
        if (this == STOCK) {
            return new Opened(
                    Thread::startVirtualThread,
                    () -> (int) carriersOfTheJdk() - hubs,
                    () -> 0,
                    Thread::currentThread);
        }
        Duration retake = this == RETAKE ? RETAKE_AFTER : null;
        GeventEngine engine = new GeventEngine(hubs, new Watching(retake, REPORT_AFTER));
        return new Opened(
                engine::execute,
                () -> engine.carriers() - hubs,
                engine::longSlices,
                () -> JdkHubAccess.currentCarrier().getName());
    }

    private static long carriersOfTheJdk() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(CARRIERS_OF_THE_JDK))
                .count();
    }
}
