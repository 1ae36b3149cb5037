package dev.treadle.launcher.demo;

import org.jspecify.annotations.Nullable;

/**
 * The resources that a server used while it was under load. Null where the system does not report
 * them.
 *
 * @param osThreads the most OS threads at a time
 * @param cpuSeconds processor time, of all threads, from the first request to the last answer
 * @param rssMegabytes the most memory resident, from the start of the process
 */
record ServerUsage(
        @Nullable Integer osThreads, @Nullable Double cpuSeconds, @Nullable Long rssMegabytes) {
    static final ServerUsage UNKNOWN = new ServerUsage(null, null, null);
}
