package dev.treadle.launcher.stats;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.lang.management.OperatingSystemMXBean;
import java.lang.management.RuntimeMXBean;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Numbers of a JVM beside those of the workers. */
public final class JvmFacts {
    private JvmFacts() {}

    static Map<String, Object> map() {
        return map(
                ManagementFactory.getRuntimeMXBean(),
                ManagementFactory.getOperatingSystemMXBean(),
                ManagementFactory.getMemoryMXBean(),
                ManagementFactory.getMemoryPoolMXBeans());
    }

    /** Returns the numbers of the JVM that these beans are of. */
    public static Map<String, Object> map(
            RuntimeMXBean runtime,
            OperatingSystemMXBean machine,
            MemoryMXBean memory,
            List<MemoryPoolMXBean> pools) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", Runtime.Version.parse(runtime.getSpecVersion()).feature());
        map.put("processors", machine.getAvailableProcessors());
        map.put("uptimeMillis", runtime.getUptime());
        MemoryUsage heap = memory.getHeapMemoryUsage();
        map.put("heapUsedBytes", heap.getUsed());
        map.put("heapMaxBytes", heap.getMax());
        map.put("heapAfterGcBytes", afterGc(pools));
        return map;
    }

    /** Returns how much was in use after the last collection of each part of the heap; 0: none. */
    private static long afterGc(List<MemoryPoolMXBean> pools) {
        long sum = 0;
        for (MemoryPoolMXBean pool : pools) {
            MemoryUsage usage =
                    pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            sum += usage == null ? 0 : usage.getUsed();
        }
        return sum;
    }
}
