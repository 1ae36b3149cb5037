package dev.treadle.launcher.demo;

import java.util.List;
import java.util.Locale;

/**
 * Draws the wall time of each server, as SVG: one bar each, and a line at the least time there can
 * be. The colours follow the reader's light or dark mode.
 */
final class ResultPicture {
    private static final int WIDTH = 760;
    private static final int LEFT = 150;
    private static final int RIGHT = 220;
    private static final int TOP = 64;
    private static final int ROW = 26;
    private static final int BAR = 16;
    private static final int BOTTOM = 34;

    private static final String STYLE =
            """
            <style>
              svg { background: #ffffff; font: 13px system-ui, sans-serif; }
              text { fill: #1f2328; }
              .quiet { fill: #59636e; }
              .limit { stroke: #59636e; stroke-dasharray: 4 3; }
              .threads { fill: #8c959f; }
              .gevent { fill: #0969da; }
              .virtual { fill: #54aeff; }
              .failed { fill: #d1242f; }
              @media (prefers-color-scheme: dark) {
                svg { background: #0d1117; }
                text { fill: #f0f6fc; }
                .quiet { fill: #9198a1; }
                .limit { stroke: #9198a1; }
              }
            </style>
            """;

    private ResultPicture() {}

    static String of(DemoPlan plan, List<CellResult> results) {
        double longest =
                Math.max(
                        limit(plan),
                        results.stream()
                                .mapToDouble(cell -> cell.load().wallSeconds())
                                .max()
                                .orElse(0));
        double pixels = (WIDTH - LEFT - RIGHT) / Math.max(longest, 1e-3);
        int height = TOP + ROW * results.size() + BOTTOM;
        StringBuilder svg = new StringBuilder();
        svg.append(
                format(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                                + " role=\"img\" aria-label=\"Wall time of each server\">%n",
                        WIDTH, height, WIDTH, height));
        svg.append(STYLE);
        svg.append(text(16, 26, "", title(plan)));
        svg.append(
                text(
                        16,
                        46,
                        "quiet",
                        "wall time; least possible: " + seconds(limit(plan)) + " (line)"));
        for (int i = 0; i < results.size(); i++) {
            svg.append(row(results.get(i), TOP + ROW * i, pixels));
        }
        double x = LEFT + limit(plan) * pixels;
        svg.append(
                format(
                        "<line class=\"limit\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n",
                        x, x, TOP - 6, TOP + ROW * results.size()));
        svg.append(
                text(
                        16,
                        height - 12,
                        "quiet",
                        "each server is a fresh JVM on this machine, as are its clients"));
        return svg.append("</svg>\n").toString();
    }

    private static double limit(DemoPlan plan) {
        return plan.limit().toMillis() / 1e3;
    }

    private static String title(DemoPlan plan) {
        return format(
                "%d requests, %d at a time, to a handler that sleeps %s",
                plan.requests(), plan.concurrency(), seconds(plan.sleep().toMillis() / 1e3));
    }

    private static String row(CellResult result, int y, double pixels) {
        int baseline = y + BAR - 3;
        double length = result.load().wallSeconds() * pixels;
        String model = result.cell().model().toString();
        return text(16, baseline, "", result.cell().container().word() + " " + model)
                + format(
                        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n",
                        result.failed() ? "failed" : model, LEFT, y, length, BAR)
                + text((int) (LEFT + length + 8), baseline, "quiet", told(result));
    }

    private static String told(CellResult result) {
        if (result.failed()) {
            return result.load().failed() + " failed";
        }
        Integer threads = result.usage().osThreads();
        return seconds(result.load().wallSeconds())
                + (threads == null ? "" : ", " + threads + " OS threads");
    }

    private static String seconds(double seconds) {
        return format("%.2f s", seconds);
    }

    private static String text(int x, int y, String style, String text) {
        return format("<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>%n", x, y, style, text);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
