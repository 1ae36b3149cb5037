package dev.treadle.bench.report;

import java.util.List;

/**
 * The results as a picture: for each chief metric and case a panel of bars, one for each subject,
 * the median as the bar and the least and the greatest as a whisker.
 */
public final class SvgChart {
    private static final int WIDTH = 860;
    private static final int LABEL = 230;
    private static final int VALUE = 70;
    private static final int ROW = 18;
    private static final int PANEL_HEAD = 34;
    private static final int TOP = 34;
    private static final int BAR = WIDTH - LABEL - VALUE - 20;

    private final Results results;
    private final Svg svg = new Svg();
    private int y = TOP;

    private SvgChart(Results results) {
        this.results = results;
    }

    /**
     * Returns the picture.
     *
     * @param emphasised the contenders whose bars have the strong colour
     */
    public static String of(Results results, List<String> emphasised) {
        SvgChart chart = new SvgChart(results);
        chart.svg.shape("<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>");
        chart.text(10, 22, "start", 15, results.name() + ": " + results.title());
        for (Metric metric : results.metrics()) {
            for (String variant : results.variants()) {
                if (metric.charted()) {
                    chart.panel(metric, variant, emphasised);
                }
            }
        }
        return chart.svg.picture(WIDTH, chart.y + 10);
    }

    private void panel(Metric metric, String variant, List<String> emphasised) {
        List<Subject> subjects =
                results.subjectsOf(variant).stream()
                        .filter(subject -> results.spread(subject, variant, metric).isPresent())
                        .toList();
        double most = 0;
        for (Subject subject : subjects) {
            most = Math.max(most, spread(subject, variant, metric).max());
        }
        if (most <= 0) {
            return;
        }
        text(10, y + 22, "start", 13, metric.title() + ", " + variant);
        y += PANEL_HEAD;
        String container = "";
        for (Subject subject : subjects) {
            if (!container.isEmpty() && !container.equals(subject.container())) {
                y += ROW / 3;
            }
            container = subject.container();
            bar(
                    subject,
                    spread(subject, variant, metric),
                    most,
                    metric.decimals(),
                    emphasised.contains(subject.contender()));
        }
    }

    private Spread spread(Subject subject, String variant, Metric metric) {
        return results.spread(subject, variant, metric).orElseThrow();
    }

    private void bar(
            Subject subject, Spread spread, double most, int decimals, boolean emphasised) {
        double scale = BAR / most;
        int middle = y + ROW / 2;
        text(LABEL - 8, middle + 4, "end", 12, subject.toString());
        svg.shape(
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
                LABEL, y + 3, spread.median() * scale, ROW - 6, emphasised ? "#1f6f8b" : "#b8c4cc");
        svg.shape(
                "<path d=\"M%.1f %d H%.1f M%.1f %d v6 M%.1f %d v6\" stroke=\"#222222\" fill=\"none\"/>",
                LABEL + spread.min() * scale,
                middle,
                LABEL + spread.max() * scale,
                LABEL + spread.min() * scale,
                middle - 3,
                LABEL + spread.max() * scale,
                middle - 3);
        text(WIDTH - 10, middle + 4, "end", 12, Table.decimals(spread.median(), decimals));
        y += ROW;
    }

    private void text(int x, int baseline, String anchor, int size, String text) {
        svg.text(x, baseline, anchor, size, "#222222", text);
    }
}
