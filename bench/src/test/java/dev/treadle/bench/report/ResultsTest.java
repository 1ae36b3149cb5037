package dev.treadle.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

class ResultsTest {
    private static final Metric CPU = Metric.of("cpu_us", "CPU us/req", 1);
    private static final Subject GEVENT = new Subject("tomcat", "gevent");
    private static final Subject POOL = new Subject("tomcat", "pool");
    private static final String CASE = "64 <connections>";

    /** The second round has twice the figures of the first, as on a machine that became busy. */
    private static Results results(Measurement... more) {
        List<Measurement> all =
                new ArrayList<>(
                        List.of(
                                measured(GEVENT, 1, 10),
                                measured(POOL, 1, 20),
                                measured(POOL, 2, 40),
                                measured(GEVENT, 2, 22),
                                measured(GEVENT, 3, 12)));
        all.addAll(List.of(more));
        return new Results(
                "fast",
                "a \"test\"",
                Map.of("rounds", "3"),
                List.of(GEVENT, POOL),
                all,
                List.of("a note"));
    }

    private static Measurement measured(Subject subject, int round, double cpu) {
        return new Measurement(subject, CASE, round, Map.of(CPU, cpu), Map.of(), "");
    }

    @Test
    void medianIsTheMiddleOneOrTheMeanOfTwo() {
        assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).contains(new Spread(2, 1, 3, 3));
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0))).contains(new Spread(2.5, 1, 4, 4));
        assertThat(Spread.of(List.of())).isEmpty();
    }

    @Test
    void ratioIsTakenWithinEachRound() {
        // the third round has no peer, so there is no quotient of it
        assertThat(results().ratio(GEVENT, POOL, CASE, CPU))
                .contains(new Spread((0.5 + 0.55) / 2, 0.5, 0.55, 2));
    }

    @Test
    void tableShowsMedianSpreadRatioNotesAndProblems() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Results results = results(Measurement.failed(POOL, CASE, 3, "it broke"));

        Table.print(
                results,
                Set.of("gevent"),
                List.of("pool"),
                new PrintStream(bytes, true, StandardCharsets.UTF_8));

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("12.0 (10.0-22.0)", "gevent : pool", "0.53 (0.50-0.55)", "Note: a note")
                .contains("Problem: round 3, tomcat pool, " + CASE + ": it broke");
    }

    @Test
    void anOverviewHasARowForEachSubjectAndADashForWhatWasNotMeasured() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Overview.print(
                results(),
                List.of(
                        new Overview.Column("fast: CPU us/req", CASE, CPU),
                        new Overview.Column("slow: CPU us/req", "another case", CPU)),
                new PrintStream(bytes, true, StandardCharsets.UTF_8));

        assertThat(bytes.toString(StandardCharsets.UTF_8).strip().lines())
                .containsExactly(
                        "| server | runs on | fast: CPU us/req | slow: CPU us/req |",
                        "| --- | --- | ---: | ---: |",
                        "| tomcat | gevent | 12.0 | - |",
                        "| tomcat | pool | 30.0 | - |");
    }

    @Test
    void jsonHasEveryMeasurementAndTheMediansAndKnowsNoNaN() throws Exception {
        Map<String, Object> json =
                JSON.std.mapFrom(Json.of(results(measured(POOL, 3, Double.NaN))));

        assertThat(json)
                .containsEntry("title", "a \"test\"")
                .containsEntry("notes", List.of("a note"));
        assertThat(json).containsEntry("metrics", Map.of("cpu_us", "CPU us/req"));
        assertThat((List<?>) json.get("medians"))
                .first()
                .hasToString(
                        "{server=tomcat, contender=gevent, case=64 <connections>,"
                                + " cpu_us={median=12.0, min=10.0, max=22.0, rounds=3}}");
        assertThat((List<?>) json.get("measurements"))
                .last()
                .hasToString(
                        "{server=tomcat, contender=pool, case=64 <connections>, round=3,"
                                + " values={cpu_us=null}, problem=null}");
    }

    @Test
    void jsonHasTheSeriesOfThoseThatHaveSome() throws Exception {
        Measurement timed =
                new Measurement(
                        POOL, CASE, 4, Map.of(), Map.of("served", List.of(1.0, Double.NaN)), "");

        assertThat((List<?>) JSON.std.mapFrom(Json.of(results(timed))).get("measurements"))
                .last()
                .asString()
                .contains("series={served=[1.0, null]}");
    }
}
