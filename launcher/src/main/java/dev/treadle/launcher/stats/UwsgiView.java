package dev.treadle.launcher.stats;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.treadle.Treadle;
import dev.treadle.stats.GateStats;
import dev.treadle.stats.RunStats;
import dev.treadle.stats.WorkerStats;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The numbers under the names of uWSGI's stats server, for tools that read these. A field is here
 * if it means the same. {@code exceptions} and {@code tx} are not counted, and 0: such tools fail
 * without them.
 */
final class UwsgiView {
    private static final Path PROC_STATUS = Path.of("/proc/self/status");
    private static final long KIBI = 1_024;

    private UwsgiView() {}

    static Map<String, Object> of(WorkerStats stats) {
        GateStats gate = stats.gate();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", "Treadle " + Treadle.version());
        map.put("listen_queue", gate.queue().waiting());
        map.put("listen_queue_errors", gate.refused().queueFull());
        map.put("load", gate.queue().waiting()); // uWSGI has the length of the queue here too
        map.put("pid", ProcessHandle.current().pid());
        map.put("workers", List.of(worker(stats)));
        return map;
    }

    private static Map<String, Object> worker(WorkerStats stats) {
        GateStats gate = stats.gate();
        RunStats run = gate.run();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", 1);
        map.put("pid", ProcessHandle.current().pid());
        map.put("accepting", stats.ready() ? 1 : 0);
        map.put("requests", gate.completed());
        map.put("delta_requests", gate.completed());
        map.put("exceptions", 0);
        map.put("harakiri_count", gate.harakiris());
        map.put("status", gate.active() > 0 ? "busy" : "idle");
        map.put("rss", memory("VmRSS:"));
        map.put("vsz", memory("VmSize:"));
        map.put("running_time", TimeUnit.NANOSECONDS.toMicros(run.totalTime().toNanos()));
        map.put(
                "last_spawn",
                TimeUnit.MILLISECONDS.toSeconds(
                        ManagementFactory.getRuntimeMXBean().getStartTime()));
        map.put("respawn_count", 1); // uWSGI counts the first start
        map.put("tx", 0);
        map.put("avg_rt", TimeUnit.NANOSECONDS.toMicros(run.recent().mean().toNanos()));
        return map;
    }

    /** Returns that line of the process's status, in bytes; 0 where there is no such file. */
    private static long memory(String name) {
        if (!Files.isReadable(PROC_STATUS)) {
            return 0;
        }
        try {
            for (String line : Files.readAllLines(PROC_STATUS, US_ASCII)) {
                if (line.startsWith(name)) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * KIBI;
                }
            }
            return 0;
        } catch (IOException unreadable) {
            return 0;
        }
    }
}
