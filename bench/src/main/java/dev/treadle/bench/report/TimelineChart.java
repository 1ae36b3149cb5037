package dev.treadle.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A chart of one container over time. Each contender has a panel with requests, answers, refusals
 * and losses per second on the left axis, and the latency of the answers on the right axis. All
 * panels have the same axes. No background, and colours that can be read on a light one and on a
 * dark one.
 */
public final class TimelineChart {
    /** The series that are drawn: requests a second, reloads among them. */
    public static final String OFFERED = "offered";

    /** Answered with what was asked for, a second. */
    public static final String SERVED = "served";

    /** Answered with a refusal, a second. */
    public static final String REFUSED = "refused";

    /** Neither the one nor the other, a second. */
    public static final String LOST = "lost";

    /** The 99th percentile of those served in each second, in seconds. */
    public static final String P99 = "p99_s";

    private static final int COLUMNS = 2;
    private static final int PANEL_WIDTH = 440;
    private static final int PANEL_HEIGHT = 186;
    private static final int HEAD = 62;
    private static final int LEFT = 48;
    private static final int TOP = 36;
    private static final int WIDTH = 348;
    private static final int HEIGHT = 116;
    private static final int X_STEP = 10;

    // as far from white as from black
    private static final String INK = "#7b7f85";

    private record Line(String name, String title, String colour, String dashes, double width) {}

    private static final List<Line> RATES =
            List.of(
                    new Line(OFFERED, "requests/s", INK, "2 3", 1.4),
                    new Line(LOST, "failed or gave up/s", "#e5484d", "", 1.6),
                    new Line(REFUSED, "refused/s", "#c77800", "", 1.6),
                    new Line(SERVED, "served/s", "#2a9d4c", "", 2.2));

    private static final Line LATENCY =
            new Line(P99, "p99 of the served, s (right)", "#4a8fe0", "5 3", 1.6);

    /**
     * The seconds that are shaded: when it is hard.
     *
     * @param title a name for the difficulty in that time
     * @param from the first of them
     * @param to the first after them
     */
    public record Shade(String title, double from, double to) {}

    private final Results results;
    private final Shade shade;
    private final Svg svg = new Svg();
    private final String variant;
    private double seconds;
    private double mostRate;
    private double mostLatency;

    private TimelineChart(Results results, Shade shade, String variant) {
        this.results = results;
        this.shade = shade;
        this.variant = variant;
    }

    /**
     * Returns the picture.
     *
     * @param container whose contenders are shown
     * @param shade when it is hard
     * @param captions further text for each contender, next to its name
     */
    public static String of(Results results, String container, Shade shade, List<Metric> captions) {
        // one case only: a second one would be a second picture
        String variant = results.variants().stream().findFirst().orElse("");
        TimelineChart chart = new TimelineChart(results, shade, variant);
        List<Subject> subjects =
                results.subjectsOf(variant).stream()
                        .filter(subject -> subject.container().equals(container))
                        .filter(subject -> !results.series(subject, variant, OFFERED).isEmpty())
                        .toList();
        chart.scale(subjects);
        chart.head(container);
        for (int i = 0; i < subjects.size(); i++) {
            chart.panel(
                    subjects.get(i),
                    i % COLUMNS * PANEL_WIDTH,
                    HEAD + i / COLUMNS * PANEL_HEIGHT,
                    captions);
        }
        int rows = (subjects.size() + COLUMNS - 1) / COLUMNS;
        return chart.svg.picture(COLUMNS * PANEL_WIDTH, HEAD + rows * PANEL_HEIGHT + 6);
    }

    private void scale(List<Subject> subjects) {
        double rate = 0;
        double latency = 0;
        for (Subject subject : subjects) {
            for (Line line : RATES) {
                rate = Math.max(rate, most(subject, line));
            }
            latency = Math.max(latency, most(subject, LATENCY));
            seconds = Math.max(seconds, values(subject, LATENCY).size());
        }
        mostRate = roundedUp(rate);
        mostLatency = roundedUp(latency);
    }

    private double most(Subject subject, Line line) {
        return values(subject, line).stream()
                .filter(value -> !value.isNaN())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }

    private List<Double> values(Subject subject, Line line) {
        return results.series(subject, variant, line.name());
    }

    /** Returns the end of an axis that holds {@code most}; half of it is a round number too. */
    static double roundedUp(double most) {
        if (most <= 0) {
            return 1;
        }
        double unit = Math.pow(10, Math.floor(Math.log10(most)));
        for (double step : List.of(1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 6.0, 8.0)) {
            if (most <= step * unit) {
                return step * unit;
            }
        }
        return 10 * unit;
    }

    private void head(String container) {
        svg.text(10, 20, "start", 15, INK, container + ": " + results.title());
        double x = 10;
        List<Line> lines = new ArrayList<>(RATES.reversed());
        lines.add(LATENCY);
        for (Line line : lines) {
            stroke(line, "M%s 40h22".formatted(Svg.number(x)));
            svg.text(x + 27, 44, "start", 12, INK, line.title());
            x += 42 + line.title().length() * 6;
        }
        svg.shape(
                "<rect x=\"%s\" y=\"34\" width=\"22\" height=\"12\" fill=\"%s\" fill-opacity=\"0.22\"/>",
                Svg.number(x), INK);
        svg.text(x + 27, 44, "start", 12, INK, shade.title());
    }

    private void panel(Subject subject, int x, int y, List<Metric> captions) {
        svg.shape("<g transform=\"translate(%d %d)\">", x, y);
        svg.text(LEFT, 14, "start", 13, INK, subject.contender());
        svg.text(LEFT, 29, "start", 11, INK, caption(subject, captions));
        double from = x(shade.from());
        svg.shape(
                "<rect x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\" fill=\"%s\" fill-opacity=\"0.22\"/>",
                Svg.number(from), TOP, Svg.number(x(shade.to()) - from), HEIGHT, INK);
        axes();
        for (Line line : RATES) {
            stroke(line, path(values(subject, line), mostRate));
        }
        stroke(LATENCY, path(values(subject, LATENCY), mostLatency));
        svg.shape("</g>");
    }

    private String caption(Subject subject, List<Metric> captions) {
        return captions.stream()
                .map(metric ->
                        metric.title()
                                + " "
                                + results.spread(subject, variant, metric)
                                        .map(spread ->
                                                Table.decimals(spread.median(), metric.decimals()))
                                        .orElse("-"))
                .collect(Collectors.joining(", "));
    }

    private void axes() {
        for (double part : List.of(0.0, 0.5, 1.0)) {
            double y = TOP + HEIGHT - part * HEIGHT;
            svg.shape(
                    "<path d=\"M%d %sh%d\" stroke=\"%s\" stroke-opacity=\"0.4\" fill=\"none\"/>",
                    LEFT, Svg.number(y), WIDTH, INK);
            svg.text(LEFT - 5, y + 4, "end", 11, INK, Svg.number(part * mostRate));
            svg.text(
                    LEFT + WIDTH + 5,
                    y + 4,
                    "start",
                    11,
                    LATENCY.colour(),
                    Svg.number(part * mostLatency));
        }
        for (int second = 0; second <= seconds; second += X_STEP) {
            svg.text(x(second), TOP + HEIGHT + 14, "middle", 11, INK, second + " s");
        }
    }

    private double x(double second) {
        return LEFT + second / Math.max(1, seconds) * WIDTH;
    }

    /** Returns a line through the middle of each second, with a gap where there is no value. */
    private String path(List<Double> values, double most) {
        StringBuilder path = new StringBuilder();
        boolean gap = true;
        for (int second = 0; second < values.size(); second++) {
            double value = values.get(second);
            if (!Double.isNaN(value)) {
                String point =
                        Svg.number(x(second + 0.5))
                                + " "
                                + Svg.number(TOP + HEIGHT - value / most * HEIGHT);
                // a line of no length has round ends: a value between two gaps is a dot
                path.append(gap ? "M" + point + "h0" : "L" + point);
            }
            gap = Double.isNaN(value);
        }
        return path.toString();
    }

    private void stroke(Line line, String path) {
        if (!path.isEmpty()) {
            svg.shape(
                    "<path class=\"%s\" d=\"%s\" stroke=\"%s\" stroke-width=\"%s\" stroke-dasharray=\"%s\""
                            + " stroke-linecap=\"round\" stroke-linejoin=\"round\" fill=\"none\"/>",
                    line.name(),
                    path,
                    line.colour(),
                    line.width(),
                    line.dashes().isEmpty() ? "none" : line.dashes());
        }
    }
}
