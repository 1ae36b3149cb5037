package dev.treadle.bench.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The results for people: medians with their spread, and what they are to peers. */
public final class Table {
    private final Results results;
    private final PrintStream out;

    private Table(Results results, PrintStream out) {
        this.results = results;
        this.out = out;
    }

    /**
     * Prints {@code results}.
     *
     * @param compared the contenders that are compared
     * @param peers what with, by the name of a contender; of the same container, or of one that is
     *     named as the contender is
     */
    public static void print(
            Results results, Set<String> compared, List<String> peers, PrintStream out) {
        Table table = new Table(results, out);
        table.head();
        for (String variant : results.variants()) {
            table.medians(variant);
            table.ratios(variant, compared, peers);
        }
        results.notes().forEach(note -> out.println("Note: " + note));
        results.problems().forEach(problem -> out.println("Problem: " + problem));
    }

    private void head() {
        out.println();
        out.println(results.name() + ": " + results.title());
        results.environment().forEach((name, value) -> out.println("  " + name + ": " + value));
    }

    private void medians(String variant) {
        List<Metric> metrics = results.metrics();
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("server", "runs on", metrics, Metric::title));
        for (Subject subject : results.subjectsOf(variant)) {
            rows.add(
                    row(
                            subject.container(),
                            subject.contender(),
                            metrics,
                            metric ->
                                    shown(
                                            results.spread(subject, variant, metric),
                                            metric.decimals())));
        }
        out.println();
        out.println(variant + ": median (least to greatest of the rounds)");
        write(rows);
    }

    private void ratios(String variant, Set<String> compared, List<String> peers) {
        List<Metric> metrics = results.metrics().stream().filter(Metric::compared).toList();
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("server", "compared", metrics, Metric::title));
        List<Subject> present = results.subjectsOf(variant);
        for (Subject subject : present) {
            for (Subject peer : present) {
                if (compared.contains(subject.contender()) && isPeer(subject, peer, peers)) {
                    rows.add(
                            row(
                                    subject.container(),
                                    subject.contender() + " : " + peer.contender(),
                                    metrics,
                                    metric ->
                                            shown(
                                                    results.ratio(subject, peer, variant, metric),
                                                    2)));
                }
            }
        }
        if (rows.size() > 1) {
            out.println();
            out.println(variant + ": ratio to peers, median (least to greatest) of each round's");
            write(rows);
        }
    }

    private static List<String> row(
            String first, String second, List<Metric> metrics, Function<Metric, String> cell) {
        List<String> row = new ArrayList<>(List.of(first, second));
        metrics.forEach(metric -> row.add(cell.apply(metric)));
        return row;
    }

    private static boolean isPeer(Subject subject, Subject peer, List<String> peers) {
        boolean comparable =
                peer.container().equals(subject.container())
                        || peer.container().equals(peer.contender());
        return comparable && !peer.equals(subject) && peers.contains(peer.contender());
    }

    private static String shown(Optional<Spread> maybe, int decimals) {
        if (maybe.isEmpty()) {
            return "-";
        }
        Spread spread = maybe.get();
        String median = decimals(spread.median(), decimals);
        return spread.count() == 1
                ? median
                : median
                        + " ("
                        + decimals(spread.min(), decimals)
                        + "-"
                        + decimals(spread.max(), decimals)
                        + ")";
    }

    static String decimals(double number, int decimals) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", number);
    }

    /** Text to the left, numbers to the right. */
    private void write(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(" ");
            for (int i = 0; i < columns; i++) {
                String format = " %" + (i < 2 ? "-" : "") + widths[i] + "s ";
                line.append(String.format(Locale.ROOT, format, row.get(i)));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
