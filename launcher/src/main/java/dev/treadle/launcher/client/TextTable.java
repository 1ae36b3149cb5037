package dev.treadle.launcher.client;

import java.util.ArrayList;
import java.util.List;

/** A table of text, as wide as it needs to be and no wider than a terminal. */
final class TextTable {
    private static final String GAP = "  ";

    /** No column that must give way becomes narrower, unless the terminal is. */
    private static final int NARROWEST = 12;

    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * One column.
     *
     * @param right whether its text stands at the right: numbers
     * @param gives whether it gives way where the terminal is too narrow
     */
    record Column(String title, boolean right, boolean gives) {
        static Column number(String title) {
            return new Column(title, true, false);
        }

        static Column word(String title) {
            return new Column(title, false, false);
        }

        static Column text(String title) {
            return new Column(title, false, true);
        }
    }

    TextTable(Column... columns) {
        this.columns = List.of(columns);
    }

    TextTable add(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    int size() {
        return rows.size();
    }

    /** Returns the title and the rows, each of at most {@code width} columns. */
    List<String> lines(int width) {
        int[] widths = widths(width);
        List<String> lines = new ArrayList<>();
        lines.add(line(columns.stream().map(Column::title).toList(), widths));
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    private int[] widths(int width) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns.get(i).title().length();
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        int tooMuch = GAP.length() * (widths.length - 1) - width;
        for (int each : widths) {
            tooMuch += each;
        }
        while (tooMuch > 0) {
            int widest = widestThatGives(widths);
            if (widest < 0 || widths[widest] <= NARROWEST) {
                break;
            }
            widths[widest]--;
            tooMuch--;
        }
        return cut(widths, width);
    }

    private int widestThatGives(int[] widths) {
        int widest = -1;
        for (int i = 0; i < widths.length; i++) {
            if (columns.get(i).gives() && (widest < 0 || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        return widest;
    }

    /** Leaves out at the right what a very narrow terminal has no room for. */
    private static int[] cut(int[] widths, int width) {
        int left = width;
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(0, Math.min(widths[i], left));
            left -= widths[i] + GAP.length();
        }
        return widths;
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length && widths[i] > 0; i++) {
            if (i > 0) {
                line.append(GAP);
            }
            line.append(
                    columns.get(i).right()
                            ? TerminalText.right(cells.get(i), widths[i])
                            : TerminalText.column(cells.get(i), widths[i]));
        }
        return line.toString().stripTrailing();
    }
}
