package dev.treadle.bench.blocking;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The effect of each kind of waiting on a hub.
 *
 * @param jdks to run on
 * @param cases the words of the cases; empty: all
 * @param rounds of each cell
 * @param patience the time after which a probe counts as hung
 */
public record BlockingTable(List<Jdk> jdks, List<String> cases, int rounds, Duration patience) {
    /** Checks the words. */
    public BlockingTable {
        cases.forEach(Cases::of);
    }

    /** Probes, and prints each row when it is known. */
    public void print(PrintStream out) throws IOException, InterruptedException {
        Surroundings surroundings = new Surroundings(jdks);
        List<String> titles = new ArrayList<>(List.of("a greenlet does"));
        for (Jdk jdk : jdks) {
            for (Scheduling scheduling : Scheduling.values()) {
                titles.add(jdk.title() + ", " + scheduling.title());
            }
        }
        MarkdownTable table = new MarkdownTable(titles, out);
        List<Case> probed = cases.isEmpty() ? Cases.all() : cases.stream().map(Cases::of).toList();
        for (Case each : probed) {
            table.row(row(each));
        }
        legend(out);
        out.println(surroundings.describe());
    }

    private List<String> row(Case probed) throws IOException, InterruptedException {
        List<String> row = new ArrayList<>(List.of(probed.title()));
        for (Jdk jdk : jdks) {
            for (Scheduling scheduling : Scheduling.values()) {
                row.add(
                        Cell.of(
                                ProbeProcess.run(
                                        jdk,
                                        scheduling.jvmOptions(1, true),
                                        Probe.command(probed, scheduling, rounds),
                                        patience)));
            }
        }
        return row;
    }

    private void legend(PrintStream out) {
        out.printf(
                """

                How long another greenlet of the one hub waited, from the begin of the block until it ran; median of %d.
                The block lasts about %d ms. *held*: the other ran only after the block. *spare*: carriers beyond the
                first. *reported*: by the watch, max-blocking-time 100 ms. *hangs*: nothing ran within %d s.
                The JDK's scheduler has parallelism 1 and may add carriers, as it does by default.
                """,
                rounds, Block.HOLD.toMillis(), patience.toSeconds());
    }
}
