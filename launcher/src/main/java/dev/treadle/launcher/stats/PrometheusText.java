package dev.treadle.launcher.stats;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.treadle.stats.GateStats;
import dev.treadle.stats.HubLoad;
import dev.treadle.stats.HubStats;
import dev.treadle.stats.LimitStats;
import dev.treadle.stats.QueueStats;
import dev.treadle.stats.RecentTimes;
import dev.treadle.stats.Refusals;
import dev.treadle.stats.RunStats;
import dev.treadle.stats.WorkerStats;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The numbers in the text format of Prometheus, with the names that the meters of a Spring Boot
 * application have there: one dashboard shows both.
 */
final class PrometheusText {
    /** The media type of the format. */
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** As many as the meters of Boot: code may ask for a limit by user. */
    private static final int MOST_LIMITS = 100;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MEDIAN = 0.5;
    private static final double P95 = 0.95;
    private static final double P99 = 0.99;

    private final List<MetricSnapshot> all = new ArrayList<>();

    private PrometheusText() {}

    static String of(WorkerStats stats) {
        PrometheusText text = new PrometheusText();
        text.gate(stats.gate());
        text.queue(stats.gate().queue());
        text.run(stats.gate().run());
        text.refused(stats.gate());
        text.hubs(stats.hubs());
        text.limits(stats.limits().stream().limit(MOST_LIMITS).toList());
        return text.write();
    }

    private String write() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, new MetricSnapshots(all));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // it writes to memory
        }
        return out.toString(UTF_8);
    }

    private void gate(GateStats gate) {
        gauge("treadle_requests_active", "Requests inside", gate.active());
        gauge(
                "treadle_requests_streams",
                "Event streams that are open, besides the N",
                gate.streams());
        gauge("treadle_requests_limit", "N: how many may be inside", gate.limit());
        gauge(
                "treadle_requests_stuck",
                "Requests that run on although they were interrupted",
                gate.stuck());
        count("treadle_requests_completed", "Requests that are complete", gate.completed());
        count(
                "treadle_requests_harakiris",
                "Requests that ran longer than harakiri",
                gate.harakiris());
    }

    private void queue(QueueStats queue) {
        gauge("treadle_requests_waiting", "Requests in the queue", queue.waiting());
        gauge(
                "treadle_requests_waiting_max_seconds",
                "How long the first in the queue has waited, of all lines",
                seconds(queue.longestWaiting()));
        gauge(
                "treadle_requests_queue_time_seconds_max",
                "The longest time in the queue of the last one to two minutes",
                seconds(queue.recent().max()));
        summary(
                "treadle_requests_queue_time_seconds",
                "Time in the queue of the requests that had to wait, admitted or not",
                queue.left(),
                queue.totalTime(),
                queue.recent());
    }

    private void run(RunStats run) {
        gauge(
                "treadle_requests_run_time_seconds_max",
                "The longest time inside of the last one to two minutes",
                seconds(run.recent().max()));
        summary(
                "treadle_requests_run_time_seconds",
                "Time inside of the requests that are complete, without event streams",
                run.ended(),
                run.totalTime(),
                run.recent());
    }

    private void summary(String name, String help, long count, Duration sum, RecentTimes recent) {
        all.add(
                SummarySnapshot.builder()
                        .name(name)
                        .help(help)
                        .dataPoint(
                                SummarySnapshot.SummaryDataPointSnapshot.builder()
                                        .count(count)
                                        .sum(seconds(sum))
                                        .quantiles(
                                                Quantiles.of(
                                                        quantile(MEDIAN, recent.median()),
                                                        quantile(P95, recent.p95()),
                                                        quantile(P99, recent.p99())))
                                        .build())
                        .build());
    }

    private static Quantile quantile(double share, Duration time) {
        return new Quantile(share, seconds(time));
    }

    private void refused(GateStats gate) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder()
                        .name("treadle_requests_refused")
                        .help(
                                "Requests that were not let in, by the gate's own N or a limit by path");
        refused(counter, "gate", gate.refusedByGate());
        add(counter, gate.refused().streams(), "by", "gate", "reason", "streams");
        refused(counter, "limit", gate.refusedByLimits());
        all.add(counter.build());
    }

    private static void refused(CounterSnapshot.Builder counter, String by, Refusals refusals) {
        add(counter, refusals.queueFull(), "by", by, "reason", "queue-full");
        add(counter, refusals.queueTimeout(), "by", by, "reason", "queue-timeout");
        add(counter, refusals.draining(), "by", by, "reason", "draining");
        add(counter, refusals.clientsGone(), "by", by, "reason", "client-gone");
    }

    private void hubs(HubStats hubs) {
        gauge(
                "treadle_hub_lag_seconds",
                "How long what can run waits for its hub, where it waits longest",
                seconds(hubs.lag()));
        gauge(
                "treadle_hub_slice_max_seconds",
                "The longest time without giving way that was seen",
                seconds(hubs.longestSlice()));
        count(
                "treadle_hub_retakes",
                "How often a hub that was held went to a spare carrier",
                hubs.retakes());
        count(
                "treadle_hub_long_slices",
                "Slices that lasted longer than max-blocking-time",
                hubs.longSlices());
        if (!hubs.each().isEmpty()) {
            ofEach("treadle_hub_slices", "Slices that have begun", hubs, HubLoad::slices);
            ofEach(
                    "treadle_hub_busy_seconds",
                    "How long slices had the hub",
                    hubs,
                    hub -> seconds(hub.busy()));
            GaugeSnapshot.Builder queued =
                    GaugeSnapshot.builder()
                            .name("treadle_hub_queued")
                            .help("Slices that can run and wait for the hub");
            hubs.each()
                    .forEach(hub ->
                            queued.dataPoint(
                                    GaugeSnapshot.GaugeDataPointSnapshot.builder()
                                            .labels(labelOf(hub))
                                            .value(hub.queued())
                                            .build()));
            all.add(queued.build());
        }
    }

    private static Labels labelOf(HubLoad hub) {
        return Labels.of("hub", String.valueOf(hub.index()));
    }

    private void ofEach(String name, String help, HubStats hubs, ToDoubleFunction<HubLoad> value) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        hubs.each()
                .forEach(hub ->
                        counter.dataPoint(
                                CounterSnapshot.CounterDataPointSnapshot.builder()
                                        .labels(labelOf(hub))
                                        .value(value.applyAsDouble(hub))
                                        .build()));
        all.add(counter.build());
    }

    private void limits(List<LimitStats> limits) {
        if (limits.isEmpty()) {
            return;
        }
        ofLimits("treadle_limit_active", "Calls that hold the limit", limits, LimitStats::active);
        ofLimits(
                "treadle_limit_waiting",
                "Calls in its queue",
                limits,
                limit -> limit.queue().waiting());
        ofLimits("treadle_limit_max", "How many may hold it at a time", limits, LimitStats::limit);
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder()
                        .name("treadle_limit_refused")
                        .help("Calls that the limit refused, for whatever reason");
        limits.forEach(limit -> add(counter, limit.refused().total(), "limit", limit.name()));
        all.add(counter.build());
        runTimes(limits);
    }

    private void runTimes(List<LimitStats> limits) {
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder()
                        .name("treadle_limit_run_time_seconds")
                        .help("How long the limit was held, in the last one to two minutes");
        for (LimitStats limit : limits) {
            RecentTimes recent = limit.run().recent();
            add(gauge, limit, "0.5", recent.median());
            add(gauge, limit, "0.95", recent.p95());
            add(gauge, limit, "0.99", recent.p99());
            add(gauge, limit, "1", recent.max());
        }
        all.add(gauge.build());
    }

    private static void add(
            GaugeSnapshot.Builder gauge, LimitStats limit, String quantile, Duration time) {
        gauge.dataPoint(
                GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("limit", limit.name(), "quantile", quantile))
                        .value(seconds(time))
                        .build());
    }

    private void ofLimits(
            String name, String help, List<LimitStats> limits, ToDoubleFunction<LimitStats> value) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        for (LimitStats limit : limits) {
            gauge.dataPoint(
                    GaugeSnapshot.GaugeDataPointSnapshot.builder()
                            .labels(Labels.of("limit", limit.name()))
                            .value(value.applyAsDouble(limit))
                            .build());
        }
        all.add(gauge.build());
    }

    private void gauge(String name, String help, double value) {
        all.add(
                GaugeSnapshot.builder()
                        .name(name)
                        .help(help)
                        .dataPoint(
                                GaugeSnapshot.GaugeDataPointSnapshot.builder().value(value).build())
                        .build());
    }

    private void count(String name, String help, long value) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        add(counter, value);
        all.add(counter.build());
    }

    private static void add(CounterSnapshot.Builder counter, long value, String... labels) {
        counter.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                        .labels(Labels.of(labels))
                        .value((double) value)
                        .build());
    }

    private static double seconds(Duration time) {
        return time.toNanos() / NANOS_PER_SECOND;
    }
}
