package dev.treadle.boot;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.treadle.WorkerStats;
import dev.treadle.Workers;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Meters of the workers. Their number is fixed: none for each greenlet, path or client.
 *
 * <p>A meter whose name has its unit, as {@code treadle.requests.active}, gives no base unit:
 * Prometheus would have it twice.
 *
 * <p>Safe for any thread; may be bound to several registries.
 */
public final class TreadleMetrics implements MeterBinder {
    private final Workers workers;

    /** For meters of these workers. */
    public TreadleMetrics(Workers workers) {
        this.workers = workers;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "treadle.requests.active", "Requests inside", WorkerStats::active);
        gauge(registry, "treadle.requests.waiting", "Requests in line", WorkerStats::waiting);
        gauge(registry, "treadle.requests.limit", "N: how many may be inside", WorkerStats::limit);
        count(
                registry,
                "treadle.requests.completed",
                "Requests that are complete",
                WorkerStats::completed);
        count(
                registry,
                "treadle.requests.interrupted",
                "Requests that ran longer than harakiri",
                WorkerStats::harakiris);
        refused(registry, "line-full", WorkerStats::refusedLineFull);
        refused(registry, "line-timeout", WorkerStats::refusedLineTimeout);
        refused(registry, "draining", WorkerStats::refusedDraining);
        refused(registry, "client-gone", WorkerStats::clientsGone);
        FunctionTimer.builder(
                        "treadle.requests.queue.time",
                        workers,
                        observed -> observed.stats().leftLine(),
                        observed -> observed.stats().timeInLine().toNanos(),
                        NANOSECONDS)
                .description("Time in line of the requests that had to wait, admitted or not")
                .register(registry);
        time(
                registry,
                "treadle.hub.lag",
                "How long what can run waits for its hub, where it waits longest",
                WorkerStats::hubLag);
        time(
                registry,
                "treadle.hub.slice.max",
                "The longest time without giving way that was seen",
                WorkerStats::longestSlice);
        FunctionCounter.builder(
                        "treadle.hub.blocked", workers, observed -> observed.stats().longSlices())
                .description("Slices that lasted longer than max-blocking-time")
                .baseUnit("slices")
                .register(registry);
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            String description,
            ToDoubleFunction<WorkerStats> value) {
        Gauge.builder(name, workers, observed -> value.applyAsDouble(observed.stats()))
                .description(description)
                .register(registry);
    }

    private void count(
            MeterRegistry registry,
            String name,
            String description,
            ToDoubleFunction<WorkerStats> value) {
        FunctionCounter.builder(name, workers, observed -> value.applyAsDouble(observed.stats()))
                .description(description)
                .register(registry);
    }

    private void refused(
            MeterRegistry registry, String reason, ToDoubleFunction<WorkerStats> value) {
        FunctionCounter.builder(
                        "treadle.requests.refused",
                        workers,
                        observed -> value.applyAsDouble(observed.stats()))
                .description("Requests that were not let in")
                .tag("reason", reason)
                .register(registry);
    }

    private void time(
            MeterRegistry registry,
            String name,
            String description,
            Function<WorkerStats, Duration> value) {
        TimeGauge.builder(
                        name,
                        workers,
                        NANOSECONDS,
                        observed -> value.apply(observed.stats()).toNanos())
                .description(description)
                .register(registry);
    }
}
