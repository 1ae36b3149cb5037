package dev.treadle.launcher.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows how far the demo is: a bar on a terminal, a line for each server elsewhere. Used by one
 * thread.
 */
final class Progress {
    private static final int WIDTH = 30;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean terminal;
    private final DemoPlan plan;
    private int cellsOver;
    private String current = "";
    private int lastDrawn = -1;

    private Progress(PrintStream out, boolean terminal, DemoPlan plan) {
        this.out = out;
        this.terminal = terminal;
        this.plan = plan;
    }

    static Progress on(PrintStream out, DemoPlan plan) {
        return new Progress(out, isTerminal(), plan);
    }

    /** Asks the system: Java can tell only since 22. */
    private static boolean isTerminal() {
        try {
            return new ProcessBuilder("test", "-t", "2").inheritIO().start().waitFor() == 0;
        } catch (IOException noSuchCommand) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void starting(Cell cell) {
        current = cell.toString();
        lastDrawn = -1;
        done(0);
    }

    /** Draws the bar when it has changed. */
    void done(int requests) {
        if (!terminal) {
            return;
        }
        int percent = (int) (100L * requests / plan.requests());
        if (percent != lastDrawn) {
            lastDrawn = percent;
            int filled = percent * WIDTH / 100;
            out.printf(
                    Locale.ROOT,
                    "%s%d/%d %-16s [%s%s] %3d %%",
                    CLEAR_LINE,
                    cellsOver + 1,
                    plan.cells().size(),
                    current,
                    "#".repeat(filled),
                    " ".repeat(WIDTH - filled),
                    percent);
            out.flush();
        }
    }

    void finished(CellResult result) {
        cellsOver++;
        note(
                String.format(
                        Locale.ROOT,
                        "%d/%d %-16s %6.2f s, %d ok, %d failed",
                        cellsOver,
                        plan.cells().size(),
                        result.cell(),
                        result.load().wallSeconds(),
                        result.load().ok(),
                        result.load().failed()));
        if (result.problem() != null) {
            note("treadle: " + result.cell() + ": " + result.problem());
        }
    }

    void note(String line) {
        out.println((terminal ? CLEAR_LINE : "") + line);
    }
}
