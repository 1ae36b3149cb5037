package dev.treadle.bench.blocking;

import dev.treadle.internal.hub.Watching;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The scheduler of the greenlets. */
enum Scheduling {
    /** Hubs that are never taken from their carriers. */
    STRICT("strict", "retake off"),
    /** Hubs with the default settings. */
    RETAKE("retake", "retake 20 ms"),
    /** The JDK's own scheduler, with as many carriers as there would be hubs. */
    STOCK("stock", "JDK's scheduler");

    static final Duration RETAKE_AFTER = Duration.ofMillis(20);
    private static final Duration REPORT_AFTER = Duration.ofMillis(100);

    private final String word;
    private final String title;

    Scheduling(String word, String title) {
        this.word = word;
        this.title = title;
    }

    static Scheduling of(String word) {
        return Stream.of(values())
                .filter(scheduling -> scheduling.word.equals(word))
                .findAny()
                .orElseThrow(() ->
                        new InvalidSettingException(
                                "scheduling", word, "one of strict, retake, stock"));
    }

    String word() {
        return word;
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

    Scheduler open(int hubs) {
        @Nullable Duration retake = this == RETAKE ? RETAKE_AFTER : null;
        return this == STOCK
                ? new StockScheduler(hubs)
                : new HubScheduler(hubs, new Watching(retake, REPORT_AFTER, Thread::getName));
    }
}
