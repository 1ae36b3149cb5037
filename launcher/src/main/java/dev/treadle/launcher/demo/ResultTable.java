package dev.treadle.launcher.demo;

import dev.treadle.launcher.load.LoadResult;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Prints the numbers for people. */
final class ResultTable {
    private static final List<String> TERMS =
            List.of(
                    "model threads: a pool of N platform threads, one for each request, as servers have had it.",
                    "model gevent: a greenlet for each request: a virtual thread that shares the thread of a hub with others.",
                    "model virtual: a virtual thread of the JDK for each request.",
                    "N: the most requests inside the application at a time; the next wait in the queue.",
                    "wall: from the first request to the last answer. x limit: that, divided by the least time there can be.",
                    "threads: the most OS threads of the server at a time. cpu: its processor time under load. rss: its peak memory.");

    private ResultTable() {}

    static void print(
            PrintStream out, DemoPlan plan, List<CellResult> results, MachineLoad machine) {
        out.println();
        out.printf(
                Locale.ROOT,
                "%d requests, %d at a time, each on a new connection to a handler that sleeps %.1f s; the limit is %.2f s.%n",
                plan.requests(),
                plan.concurrency(),
                plan.sleep().toMillis() / 1e3,
                limit(plan));
        out.printf(
                Locale.ROOT,
                "Every server is a fresh JVM (%s, %s), %s.%n%n",
                System.getProperty("java.vm.version"),
                String.join(" ", DemoCommand.SERVER_JVM_OPTIONS),
                plan.warmUp() == 0
                        ? "measured cold: its very first request counts"
                        : "warmed up by "
                                + plan.warmUp()
                                + " requests at once that are not counted");
        line(
                out,
                "container",
                "model",
                "N",
                "wall s",
                "x limit",
                "ok",
                "failed",
                "p50 ms",
                "p99 ms",
                "threads",
                "cpu s",
                "rss MB");
        results.forEach(result -> row(out, plan, result));
        out.println();
        TERMS.forEach(out::println);
        machine.warnings().forEach(warning -> out.println("\nWARNING: " + warning + "."));
    }

    private static double limit(DemoPlan plan) {
        return plan.limit().toMillis() / 1e3;
    }

    private static void row(PrintStream out, DemoPlan plan, CellResult result) {
        LoadResult load = result.load();
        ServerUsage usage = result.usage();
        line(
                out,
                result.cell().container().word(),
                result.cell().model(),
                result.n(),
                decimals(2, load.wallSeconds()),
                load.ok() == 0 ? "-" : decimals(2, load.wallSeconds() / limit(plan)),
                load.ok(),
                load.failed(),
                decimals(0, load.p50Millis()),
                decimals(0, load.p99Millis()),
                orDash(usage.osThreads()),
                usage.cpuSeconds() == null ? "-" : decimals(2, usage.cpuSeconds()),
                orDash(usage.rssMegabytes()));
    }

    private static void line(PrintStream out, Object... columns) {
        out.printf(Locale.ROOT, "%-9s %-8s %7s %8s %7s %6s %6s %8s %8s %8s %7s %7s%n", columns);
    }

    private static String decimals(int places, double number) {
        return String.format(Locale.ROOT, "%." + places + "f", number);
    }

    private static String orDash(@Nullable Number number) {
        return number == null ? "-" : number.toString();
    }
}
