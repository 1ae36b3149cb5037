package dev.treadle.bench.blocking;

import java.io.PrintStream;
import java.util.Collections;
import java.util.List;

/** Prints a table, row by row as each is known. */
final class MarkdownTable {
    private final PrintStream out;

    MarkdownTable(List<String> titles, PrintStream out) {
        this.out = out;
        row(titles);
        out.println("|" + String.join("|", Collections.nCopies(titles.size(), "---")) + "|");
    }

    void row(List<String> cells) {
        out.println("| " + String.join(" | ", cells) + " |");
        out.flush();
    }
}
