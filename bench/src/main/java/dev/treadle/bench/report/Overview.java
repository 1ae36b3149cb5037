package dev.treadle.bench.report;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/** One Markdown table with the medians of several cases side by side, for a document. */
public final class Overview {
    /**
     * A column.
     *
     * @param title its head
     * @param variant the case
     * @param metric what of it
     */
    public record Column(String title, String variant, Metric metric) {}

    private Overview() {}

    /** Prints a row for each subject; {@code -} where nothing was measured. */
    public static void print(Results results, List<Column> columns, PrintStream out) {
        out.println();
        out.println(row("server", "runs on", columns.stream().map(Column::title).toList()));
        out.println(row("---", "---", columns.stream().map(column -> "---:").toList()));
        for (Subject subject : results.subjects()) {
            out.println(
                    row(
                            subject.container(),
                            subject.contender(),
                            columns.stream()
                                    .map(column -> cell(results, subject, column))
                                    .toList()));
        }
    }

    private static String cell(Results results, Subject subject, Column column) {
        return results.spread(subject, column.variant(), column.metric())
                .map(spread -> Table.decimals(spread.median(), column.metric().decimals()))
                .orElse("-");
    }

    private static String row(String first, String second, List<String> cells) {
        return "| "
                + first
                + " | "
                + second
                + cells.stream().collect(Collectors.joining(" | ", " | ", " |"));
    }
}
