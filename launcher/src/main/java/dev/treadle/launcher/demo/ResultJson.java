package dev.treadle.launcher.demo;

import dev.treadle.launcher.load.LoadResult;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes the numbers for programs. */
final class ResultJson {
    private ResultJson() {}

    /** Returns one JSON object; a number the system did not tell is null. */
    static String of(DemoPlan plan, List<CellResult> results, MachineLoad machine) {
        String runs = results.stream().map(ResultJson::run).collect(Collectors.joining(",\n    "));
        double limit = plan.limit().toMillis() / 1e3;
        return String.format(
                Locale.ROOT,
                "{\n  \"limit_s\": %.3f,\n  \"warm_up\": %d,\n  \"server_jvm_options\": \"%s\",\n  \"busy_before\": %s,\n  \"stolen\": %s,\n  \"runs\": [\n    %s\n  ]\n}\n",
                limit,
                plan.warmUp(),
                String.join(" ", DemoCommand.SERVER_JVM_OPTIONS),
                machine.busyBefore(),
                machine.stolen(),
                runs);
    }

    private static String run(CellResult result) {
        LoadResult load = result.load();
        ServerUsage usage = result.usage();
        return String.format(
                Locale.ROOT,
                "{\"container\": \"%s\", \"model\": \"%s\", \"n\": %d, \"wall_s\": %.3f, \"ok\": %d, \"failed\": %d,"
                        + " \"p50_ms\": %.1f, \"p99_ms\": %.1f, \"os_threads\": %s, \"cpu_s\": %s, \"rss_mb\": %s}",
                result.cell().container().word(),
                result.cell().model(),
                result.n(),
                load.wallSeconds(),
                load.ok(),
                load.failed(),
                load.p50Millis(),
                load.p99Millis(),
                usage.osThreads(),
                usage.cpuSeconds(),
                usage.rssMegabytes());
    }
}
