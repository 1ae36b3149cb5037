package dev.treadle.bench.blocking;

import dev.treadle.bench.report.Spread;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * All hubs held at once by greenlets that only others of the same hubs can end.
 *
 * @param jdks to run on
 * @param hubs how many
 * @param rounds of each cell
 * @param patience the time after which a probe counts as hung
 */
public record FreezeTable(List<Jdk> jdks, int hubs, int rounds, Duration patience) {
    private static final long NOISE_MILLIS = 50;

    /** Probes, and prints each row when it is known. */
    public void print(PrintStream out) throws IOException, InterruptedException {
        Surroundings surroundings = new Surroundings(jdks);
        List<String> titles = new ArrayList<>(List.of("on every hub a greenlet does"));
        for (Jdk jdk : jdks) {
            for (Scheduling scheduling : List.of(Scheduling.RETAKE, Scheduling.STOCK)) {
                titles.add(jdk.title() + ", " + scheduling.title());
            }
        }
        MarkdownTable table = new MarkdownTable(titles, out);
        for (FreezeCase each : FreezeCase.ALL) {
            List<String> row = new ArrayList<>(List.of(each.title()));
            for (Jdk jdk : jdks) {
                row.add(cell(each, jdk, Scheduling.RETAKE));
                row.add(cell(each, jdk, Scheduling.STOCK));
            }
            table.row(row);
        }
        out.printf(
                """

                How long others waited on the hub where they waited longest, from the begin of the freeze until they ran;
                median (least to greatest of %d). Required of hubs: 2 x retake + %d ms = %d ms. %d hubs; the JDK's
                scheduler has parallelism and maxPoolSize %d. *hangs*: nothing ran within %d s; then the JVM is ended.
                *noise*: by how many ms at most a platform thread, which parked for 1 ms again and again, came too late.
                """,
                rounds,
                NOISE_MILLIS,
                2 * Scheduling.RETAKE_AFTER.toMillis() + NOISE_MILLIS,
                hubs,
                hubs,
                patience.toSeconds());
        out.println(surroundings.describe());
    }

    private String cell(FreezeCase frozen, Jdk jdk, Scheduling scheduling)
            throws IOException, InterruptedException {
        ProbeProcess probe =
                ProbeProcess.run(
                        jdk,
                        scheduling.jvmOptions(hubs, false),
                        FreezeProbe.command(frozen, scheduling, hubs, rounds),
                        patience);
        List<Round> seen =
                probe.lines().stream().flatMap(line -> Round.parse(line).stream()).toList();
        return Spread.of(seen.stream().map(Round::waitedMillis).toList())
                .map(spread -> shown(spread, oversleepMillis(probe)))
                .orElse("**hangs**");
    }

    private static double oversleepMillis(ProbeProcess probe) {
        return probe.lines().stream()
                .flatMap(line -> Oversleep.parseMillis(line).stream())
                .findAny()
                .orElse(Double.NaN);
    }

    private static String shown(Spread spread, double oversleep) {
        return String.format(
                Locale.ROOT,
                "%.1f ms (%.1f-%.1f), noise %.0f",
                spread.median(),
                spread.min(),
                spread.max(),
                oversleep);
    }
}
