package dev.treadle.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Workers;
import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.GateListener;
import dev.treadle.gate.Permit;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class TreadleMetricsTest {
    private static final Pattern SERIES = Pattern.compile("(?m)^(treadle_[a-z_]+)[ {]");

    private static final Duration LONG = Duration.ofSeconds(5);

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** These names are in dashboards: a change of one breaks them. */
    @Test
    void namesInPrometheusHaveTheirUnitOnce() {
        try (Workers workers = Workers.open(WorkerSettings.virtual(3))) {
            new TreadleMetrics(workers).bindTo(registry);
            workers.limit("payments", 2);
            Set<String> names = new TreeSet<>();
            Matcher matcher = SERIES.matcher(registry.scrape());
            while (matcher.find()) {
                names.add(matcher.group(1));
            }
            assertThat(names)
                    .containsExactly(
                            "treadle_hub_lag_seconds",
                            "treadle_hub_long_slices_total",
                            "treadle_hub_retakes_total",
                            "treadle_hub_slice_max_seconds",
                            "treadle_limit_active",
                            "treadle_limit_max",
                            "treadle_limit_refused_total",
                            "treadle_limit_run_time_seconds",
                            "treadle_limit_waiting",
                            "treadle_requests_active",
                            "treadle_requests_completed_total",
                            "treadle_requests_harakiris_total",
                            "treadle_requests_limit",
                            "treadle_requests_queue_time_seconds",
                            "treadle_requests_queue_time_seconds_count",
                            "treadle_requests_queue_time_seconds_max",
                            "treadle_requests_queue_time_seconds_sum",
                            "treadle_requests_refused_total",
                            "treadle_requests_run_time_seconds",
                            "treadle_requests_run_time_seconds_count",
                            "treadle_requests_run_time_seconds_max",
                            "treadle_requests_run_time_seconds_sum",
                            "treadle_requests_streams",
                            "treadle_requests_stuck",
                            "treadle_requests_waiting",
                            "treadle_requests_waiting_max_seconds");
        }
    }

    /** Returns the value of a series as it stands in the page that Prometheus reads. */
    private double value(String series) {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(series + " in " + registry.scrape()));
    }

    private static WorkerSettings.Builder twoInside() {
        return WorkerSettings.builder().virtual(2).queue(1);
    }

    @Test
    void timesInLineAreATimerWithPercentiles() {
        List<Permit> inside = new ArrayList<>();
        try (Workers workers = Workers.open(twoInside().build())) {
            new TreadleMetrics(workers).bindTo(registry);
            enter(workers, "/", inside);
            enter(workers, "/", inside);
            assertThat(value("treadle_requests_queue_time_seconds_count")).isZero();
            assertThat(value("treadle_requests_waiting_max_seconds")).isZero();
            enter(workers, "/", inside);
            assertThat(value("treadle_requests_waiting_max_seconds")).isPositive();
            inside.getFirst().release();
            assertThat(inside).hasSize(3);
            assertThat(value("treadle_requests_queue_time_seconds_count")).isEqualTo(1);
            assertThat(value("treadle_requests_queue_time_seconds_sum")).isPositive();
            assertThat(value("treadle_requests_queue_time_seconds_max")).isPositive();
            for (String quantile : List.of("0.5", "0.95", "0.99")) {
                assertThat(
                                value(
                                        "treadle_requests_queue_time_seconds{quantile=\""
                                                + quantile
                                                + "\"}"))
                        .isPositive();
            }
            inside.forEach(Permit::release);
        }
    }

    @Test
    void timesInsideAreATimerWithPercentiles() {
        List<Permit> inside = new ArrayList<>();
        try (Workers workers = Workers.open(twoInside().limit("/slow", 1, 0, LONG).build())) {
            new TreadleMetrics(workers).bindTo(registry);
            enter(workers, "/", inside);
            assertThat(value("treadle_requests_run_time_seconds_count")).isZero();
            inside.removeFirst().release();
            assertThat(value("treadle_requests_run_time_seconds_count")).isEqualTo(1);
            for (String quantile : List.of("0.5", "0.95", "0.99", "1")) {
                assertThat(ofSlow(quantile)).isZero();
            }
            enter(workers, "/slow", inside);
            inside.removeFirst().release();
            assertThat(value("treadle_requests_run_time_seconds_count")).isEqualTo(2);
            assertThat(value("treadle_requests_run_time_seconds_sum")).isPositive();
            assertThat(value("treadle_requests_run_time_seconds_max")).isPositive();
            for (String quantile : List.of("0.5", "0.95", "0.99", "1")) {
                assertThat(ofSlow(quantile)).isPositive();
            }
        }
    }

    private double ofSlow(String quantile) {
        return value(
                "treadle_limit_run_time_seconds{limit=\"/slow\",quantile=\"" + quantile + "\"}");
    }

    /** The third party that is slow, and a server that is full, are two different faults. */
    @Test
    void limitsAreApartFromTheGateAndNothingFallsOverASwitch() {
        List<Permit> inside = new ArrayList<>();
        try (Workers workers =
                Workers.open(twoInside().queue(0).limit("/slow", 1, 0, LONG).build())) {
            new TreadleMetrics(workers).bindTo(registry);
            enter(workers, "/slow", inside);
            enter(workers, "/slow", inside);
            enter(workers, "/", inside);
            enter(workers, "/", inside);
            enter(workers, "/", inside);
            countsAre(1, 2);
            assertThat(value("treadle_limit_active{limit=\"/slow\"}")).isEqualTo(1);
            assertThat(value("treadle_limit_waiting{limit=\"/slow\"}")).isZero();
            assertThat(value("treadle_limit_max{limit=\"/slow\"}")).isEqualTo(1);

            workers.switchTo(WorkerSettings.threads(5));
            countsAre(1, 2);
            assertThat(value("treadle_limit_active{limit=\"/slow\"}")).isEqualTo(1);
            assertThat(value("treadle_limit_max{limit=\"/slow\"}")).isNaN();

            workers.switchTo(twoInside().queue(0).limit("/slow", 1, 0, LONG).build());
            enter(workers, "/slow", inside);
            countsAre(2, 2);
            inside.forEach(Permit::release);
            assertThat(value("treadle_limit_active{limit=\"/slow\"}")).isZero();
        }
    }

    private void countsAre(int byLimit, int byGate) {
        assertThat(value("treadle_requests_refused_total{by=\"limit\",reason=\"queue-full\"}"))
                .isEqualTo(byLimit);
        assertThat(value("treadle_requests_refused_total{by=\"gate\",reason=\"queue-full\"}"))
                .isEqualTo(byGate);
        assertThat(value("treadle_limit_refused_total{limit=\"/slow\"}")).isEqualTo(byLimit);
    }

    /** An application that asks for a limit by user fills no registry. */
    @Test
    void onlySoManyLimitsHaveMeters() {
        try (Workers workers = Workers.open(WorkerSettings.virtual(2))) {
            new TreadleMetrics(workers).bindTo(registry);
            for (int i = 0; i < 3 * TreadleMetrics.MOST_LIMITS; i++) {
                workers.limit("user-" + i, 1);
            }
            assertThat(registry.find("treadle.limit.active").meters())
                    .hasSize(TreadleMetrics.MOST_LIMITS);
        }
    }

    private static void enter(Workers workers, String path, List<Permit> inside) {
        ServerWorkers.of(workers)
                .gate()
                .enter(
                        "GET",
                        path,
                        ClientSocket.UNKNOWN,
                        new GateListener() {
                            @Override
                            public void admitted(Permit permit) {
                                inside.add(permit);
                            }

                            @Override
                            public void answered(GateAnswer answer) {}
                        });
    }
}
