package dev.treadle.bench.blocking;

import dev.treadle.bench.report.Spread;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Calls over a socket on one hub while another hub is held, and while none is.
 *
 * @param jdks to run on
 * @param rounds of each cell, each in a JVM of its own
 * @param patience the time after which a probe counts as hung
 */
public record SocketTable(List<Jdk> jdks, int rounds, Duration patience) {
    private static final double ALLOWED = 1.2;

    /** Probes, and prints each row when it is known. */
    public void print(PrintStream out) throws IOException, InterruptedException {
        Surroundings surroundings = new Surroundings(jdks);
        MarkdownTable table =
                new MarkdownTable(
                        List.of("", Scheduling.STRICT.title(), Scheduling.RETAKE.title()), out);
        for (Jdk jdk : jdks) {
            table.row(
                    List.of(
                            jdk.title(),
                            cell(jdk, Scheduling.STRICT),
                            cell(jdk, Scheduling.RETAKE)));
        }
        out.printf(
                Locale.ROOT,
                """

                99th percentile of calls of 20 ms on one of two hubs: while none is held / while the other is held for
                500 ms, and the ratio; medians (ratio: least to greatest of %d). Required: a ratio of %.1f at most. The
                first socket of the JVM is that of a greenlet of the held hub.
                *noise*: by how many ms at most a platform thread, which parked for 1 ms again and again, came too late.
                """,
                rounds,
                ALLOWED);
        out.println(surroundings.describe());
    }

    private String cell(Jdk jdk, Scheduling scheduling) throws IOException, InterruptedException {
        List<SocketCalls> seen = new ArrayList<>();
        double noise = 0;
        for (int round = 0; round < rounds; round++) {
            ProbeProcess probe =
                    ProbeProcess.run(
                            jdk,
                            scheduling.jvmOptions(2, false),
                            SocketProbe.command(scheduling),
                            patience);
            for (String line : probe.lines()) {
                SocketCalls.parse(line).ifPresent(seen::add);
                noise = Math.max(noise, Oversleep.parseMillis(line).orElse(0.0));
            }
        }
        return seen.size() < rounds ? "**hangs**" : shown(seen, noise);
    }

    private static String shown(List<SocketCalls> seen, double noise) {
        Spread ratio = spread(seen, SocketCalls::ratio);
        return String.format(
                Locale.ROOT,
                "%.1f / %.1f ms, %.2f (%.2f-%.2f), noise %.0f",
                spread(seen, SocketCalls::quietMillis).median(),
                spread(seen, SocketCalls::heldMillis).median(),
                ratio.median(),
                ratio.min(),
                ratio.max(),
                noise);
    }

    private static Spread spread(List<SocketCalls> seen, ToDoubleFunction<SocketCalls> figure) {
        return Spread.of(seen.stream().map(figure::applyAsDouble).toList()).orElseThrow();
    }
}
