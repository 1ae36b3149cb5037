package dev.treadle.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.WorkerSettings;
import dev.treadle.Workers;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class TreadleMetricsTest {
    private static final Pattern SERIES = Pattern.compile("(?m)^(treadle_[a-z_]+)[ {]");

    /** These names are in dashboards: a change of one breaks them. */
    @Test
    void namesInPrometheusHaveTheirUnitOnce() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (Workers workers = Workers.open(WorkerSettings.virtual(3))) {
            new TreadleMetrics(workers).bindTo(registry);
            Set<String> names = new TreeSet<>();
            Matcher matcher = SERIES.matcher(registry.scrape());
            while (matcher.find()) {
                names.add(matcher.group(1));
            }
            assertThat(names)
                    .containsExactly(
                            "treadle_hub_blocked_slices_total",
                            "treadle_hub_lag_seconds",
                            "treadle_hub_slice_max_seconds",
                            "treadle_requests_active",
                            "treadle_requests_completed_total",
                            "treadle_requests_interrupted_total",
                            "treadle_requests_limit",
                            "treadle_requests_queue_time_seconds_count",
                            "treadle_requests_queue_time_seconds_sum",
                            "treadle_requests_refused_total",
                            "treadle_requests_waiting");
        }
    }
}
