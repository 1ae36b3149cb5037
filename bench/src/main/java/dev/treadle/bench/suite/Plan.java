package dev.treadle.bench.suite;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The user's choices that are the same for every benchmark.
 *
 * @param rounds how often each contender is measured
 * @param containers the servlet containers
 * @param contenders as the user wrote them; empty: the benchmark's own
 * @param peers the contenders that Treadle's are compared with
 * @param servers how servers are started
 * @param workerSettings of Treadle, for all its contenders
 * @param hubs of the contenders with the model gevent; 0: as many as there are cores
 */
public record Plan(
        int rounds,
        List<String> containers,
        List<String> contenders,
        List<String> peers,
        Servers servers,
        Map<String, String> workerSettings,
        int hubs) {
    /**
     * How servers are started.
     *
     * @param java the program that runs them
     * @param options of their JVM, after those of the benchmark
     * @param cores the list of processors they may use, as taskset takes it; empty: all
     */
    public record Servers(Path java, List<String> options, String cores) {}
}
