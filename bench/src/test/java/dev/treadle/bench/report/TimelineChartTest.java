package dev.treadle.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.xml.parsers.DocumentBuilderFactory;

class TimelineChartTest {
    private static final Metric GAVE_UP = Metric.shown("gave_up", "gave up", 0);
    private static final Subject GEVENT = new Subject("tomcat", "gevent:n=1000");
    private static final Subject POOL = new Subject("tomcat", "pool");
    private static final Subject OTHER = new Subject("jetty", "pool");
    private static final double NONE = Double.NaN;

    private static Measurement measured(
            Subject subject, int round, List<Double> served, List<Double> p99) {
        return new Measurement(
                subject,
                "4 s",
                round,
                Map.of(GAVE_UP, 7.0),
                Map.of(
                        TimelineChart.OFFERED,
                        List.of(300.0, 300.0, 300.0, 300.0),
                        TimelineChart.SERVED,
                        served,
                        TimelineChart.REFUSED,
                        List.of(0.0, 0.0, 0.0, 0.0),
                        TimelineChart.LOST,
                        List.of(0.0, 0.0, 0.0, 0.0),
                        TimelineChart.P99,
                        p99),
                "");
    }

    private static Results results() {
        List<Double> all = List.of(300.0, 300.0, 300.0, 300.0);
        List<Double> few = List.of(300.0, 0.0, 0.0, 150.0);
        return new Results(
                "overload",
                "a <bad> hour",
                Map.of(),
                List.of(GEVENT, POOL, OTHER),
                List.of(
                        measured(GEVENT, 1, all, List.of(0.5, 3.0, 3.0, 0.5)),
                        measured(POOL, 1, few, List.of(0.5, NONE, NONE, 4.0)),
                        measured(OTHER, 1, few, List.of(0.5, NONE, 3.0, 4.0))),
                List.of());
    }

    private static String chart() {
        return TimelineChart.of(
                results(), "tomcat", new TimelineChart.Shade("slow", 1, 3), List.of(GAVE_UP));
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)));
    }

    private static List<String> paths(Document document, String series) {
        List<String> paths = new ArrayList<>();
        NodeList all = document.getElementsByTagName("path");
        for (int i = 0; i < all.getLength(); i++) {
            Element path = (Element) all.item(i);
            if (path.getAttribute("class").equals(series)) {
                paths.add(path.getAttribute("d"));
            }
        }
        return paths;
    }

    @Test
    void aPanelForEachContenderOfTheContainer() throws Exception {
        Document document = parsed(chart());

        assertThat(document.getElementsByTagName("g").getLength()).isEqualTo(2);
        assertThat(chart())
                .contains(">gevent:n=1000<", ">pool<", "gave up 7", "a &lt;bad&gt; hour", ">slow<")
                .doesNotContain("jetty");
        // the one in the legend, and one in each panel
        assertThat(paths(document, TimelineChart.SERVED)).hasSize(3);
        assertThat(paths(document, TimelineChart.P99)).hasSize(3);
    }

    @Test
    void theHardTimeIsShadedAndThereIsNoBackground() throws Exception {
        NodeList rects = parsed(chart()).getElementsByTagName("rect");

        assertThat(rects.getLength()).isEqualTo(3);
        Element shade = (Element) rects.item(1);
        // of four seconds the middle two
        assertThat(shade.getAttribute("x")).isEqualTo("135");
        assertThat(shade.getAttribute("width")).isEqualTo("174");
        assertThat(shade.getAttribute("fill-opacity")).isEqualTo("0.22");
    }

    @Test
    void whereNobodyWasServedTheLineOfTheLatencyHasAGap() throws Exception {
        List<String> lines = paths(parsed(chart()), TimelineChart.P99);

        assertThat(lines.get(1)).containsOnlyOnce("M").contains("L");
        assertThat(lines.get(2).chars().filter(c -> c == 'M').count()).isEqualTo(2);
        assertThat(lines.get(2)).doesNotContain("L", "NaN");
    }

    @Test
    void ofSeveralRoundsTheMedianOfEachSecondIsDrawn() {
        List<Double> none = List.of(NONE, NONE, NONE, NONE);
        Results results =
                new Results(
                        "overload",
                        "",
                        Map.of(),
                        List.of(GEVENT),
                        List.of(
                                measured(GEVENT, 1, List.of(1.0, 5.0), none),
                                measured(GEVENT, 2, List.of(3.0, 6.0), none),
                                measured(GEVENT, 3, List.of(2.0), List.of(0.5))),
                        List.of());

        assertThat(results.series(GEVENT, "4 s", TimelineChart.SERVED))
                .isEqualTo(List.of(2.0, 5.5));
        assertThat(results.series(GEVENT, "4 s", TimelineChart.P99))
                .isEqualTo(List.of(0.5, NONE, NONE, NONE));
        assertThat(results.series(GEVENT, "4 s", "what")).isEmpty();
    }

    @Test
    void axesEndInRoundNumbers() {
        assertThat(TimelineChart.roundedUp(1_180)).isEqualTo(1_200);
        assertThat(TimelineChart.roundedUp(300)).isEqualTo(300);
        assertThat(TimelineChart.roundedUp(9)).isEqualTo(10);
        assertThat(TimelineChart.roundedUp(0)).isEqualTo(1);
    }
}
