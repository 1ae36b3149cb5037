package dev.treadle.stats;

import dev.treadle.internal.base.StackFrames;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Requests as text for people. */
final class RequestText {
    private static final String[] HEAD = {
        "ID", "AGE", "STATE", "HUB", "SLICES", "CPU", "THREAD", "CLIENT", "REQUEST", "FRAME"
    };

    /** A longer value moves the rest of its line, and not the columns of all other lines. */
    private static final int WIDEST = 40;

    private static final int DIGITS = 4;
    private static final double NANOS_PER_DIGIT = 1e5;

    private RequestText() {}

    static String table(RequestReport report) {
        List<String[]> rows = new ArrayList<>();
        rows.add(HEAD);
        report.requests().forEach(request -> rows.add(row(request)));
        int[] widths = new int[HEAD.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], Math.min(WIDEST, row[i].length()));
            }
        }
        StringBuilder text = new StringBuilder(summary(report));
        rows.forEach(row -> append(text, row, widths));
        return text.toString();
    }

    private static String[] row(RequestView request) {
        RequestThread thread = request.thread();
        return new String[] {
            String.valueOf(request.id()),
            StackGroup.seconds(request.age()),
            request.state().word(),
            thread.hub() < 0 ? "-" : String.valueOf(thread.hub()),
            request.slices().isPresent() ? String.valueOf(request.slices().getAsLong()) : "-",
            request.cpu().map(RequestText::cpu).orElse("-"),
            orDash(thread.name()),
            orDash(request.client()),
            request.line(),
            orDash(request.frame())
        };
    }

    /** As seconds, to a ten thousandth: most requests need less than a millisecond. */
    private static String cpu(Duration time) {
        return StackGroup.fixed(Math.round(time.toNanos() / NANOS_PER_DIGIT), DIGITS) + " s";
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static void append(StringBuilder text, String[] row, int[] widths) {
        int last = row.length - 1;
        for (int i = 0; i < last; i++) {
            char[] blanks = new char[Math.max(0, widths[i] - row[i].length())];
            Arrays.fill(blanks, ' ');
            text.append(row[i]).append(blanks).append("  ");
        }
        text.append(row[last]).append('\n');
    }

    private static String summary(RequestReport report) {
        int missing = report.stacksMissing();
        return report.model().word()
                + ": "
                + report.inside()
                + " inside, "
                + report.queued()
                + " queued"
                + (missing == 0 ? "" : ", " + missing + " without their stack: ask again")
                + "\n";
    }

    static String groups(RequestReport report) {
        StringBuilder text = new StringBuilder(summary(report));
        for (StackGroup group : report.groups()) {
            text.append('\n').append(group).append('\n');
            text.append("    ").append(String.join(", ", group.examples())).append('\n');
            for (StackTraceElement frame : group.stack()) {
                text.append("        at ").append(StackFrames.text(frame)).append('\n');
            }
        }
        return text.toString();
    }
}
