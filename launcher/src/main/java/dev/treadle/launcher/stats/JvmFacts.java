package dev.treadle.launcher.stats;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.LinkedHashMap;
import java.util.Map;

/** Numbers of the JVM beside those of the workers. */
final class JvmFacts {
    private JvmFacts() {}

    static Map<String, Object> map() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", Runtime.version().feature());
        map.put("processors", Runtime.getRuntime().availableProcessors());
        map.put("uptimeMillis", ManagementFactory.getRuntimeMXBean().getUptime());
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        map.put("heapUsedBytes", heap.getUsed());
        map.put("heapMaxBytes", heap.getMax());
        map.put("heapAfterGcBytes", afterGc());
        return map;
    }

    /** Returns how much was in use after the last collection of each part of the heap; 0: none. */
    private static long afterGc() {
        long sum = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage =
                    pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            sum += usage == null ? 0 : usage.getUsed();
        }
        return sum;
    }
}
