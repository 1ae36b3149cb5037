package dev.treadle.boot;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.treadle.Workers;
import dev.treadle.stats.HubLoad;
import dev.treadle.stats.LimitStats;
import dev.treadle.stats.RecentTimes;
import dev.treadle.stats.Refusals;
import dev.treadle.stats.WorkerStats;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Meters of the workers. Their number is fixed, but for those of each hub, and of each inner limit,
 * of at most {@value #MOST_LIMITS} limits: there are none for each greenlet, path or client.
 *
 * <p>A meter whose name has its unit, as {@code treadle.requests.active}, gives no base unit:
 * Prometheus would have it twice.
 *
 * <p>Safe for any thread; may be bound to several registries.
 *
 * @since 0.2.0
 */
public final class TreadleMetrics implements MeterBinder {
    private static final Logger LOG = System.getLogger("dev.treadle.boot");

    /** More than a person sets: code that asks for a limit by user is to fill no registry. */
    static final int MOST_LIMITS = 100;

    private final Workers workers;
    private final Set<String> limitsShown = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean limitsLeftOut = new AtomicBoolean();

    /** For meters of these workers. */
    public TreadleMetrics(Workers workers) {
        this.workers = workers;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(
                registry,
                "treadle.requests.active",
                "Requests inside",
                stats -> stats.gate().active());
        gauge(
                registry,
                "treadle.requests.streams",
                "Event streams that are open, besides the N",
                stats -> stats.gate().streams());
        gauge(
                registry,
                "treadle.requests.waiting",
                "Requests in the queue",
                stats -> stats.gate().queue().waiting());
        gauge(
                registry,
                "treadle.requests.limit",
                "N: how many may be inside",
                stats -> stats.gate().limit());
        count(
                registry,
                "treadle.requests.completed",
                "Requests that are complete",
                stats -> stats.gate().completed());
        count(
                registry,
                "treadle.requests.harakiris",
                "Requests that ran longer than harakiri",
                stats -> stats.gate().harakiris());
        gauge(
                registry,
                "treadle.requests.stuck",
                "Requests that run on although they were interrupted",
                stats -> stats.gate().stuck());
        refused(registry, "gate", stats -> stats.gate().refusedByGate());
        refused(registry, "limit", stats -> stats.gate().refusedByLimits());
        refused(registry, "gate", "streams", stats -> stats.gate().refused().streams());
        time(
                registry,
                "treadle.requests.waiting.max",
                "How long the first in the queue has waited, of all lines",
                stats -> stats.gate().queue().longestWaiting());
        Timer queueTime =
                Timer.builder("treadle.requests.queue.time")
                        .description(
                                "Time in the queue of the requests that had to wait, admitted or not")
                        .publishPercentiles(0.5, 0.95, 0.99)
                        .register(registry);
        workers.onLeftQueue(nanos -> queueTime.record(nanos, NANOSECONDS));
        Timer runTime =
                Timer.builder("treadle.requests.run.time")
                        .description(
                                "Time inside of the requests that are complete, without event streams")
                        .publishPercentiles(0.5, 0.95, 0.99)
                        .register(registry);
        workers.onCompleted(nanos -> runTime.record(nanos, NANOSECONDS));
        workers.onLimit(name -> limit(registry, name));
        time(
                registry,
                "treadle.hub.lag",
                "How long what can run waits for its hub, where it waits longest",
                stats -> stats.hubs().lag());
        time(
                registry,
                "treadle.hub.slice.max",
                "The longest time without giving way that was seen",
                stats -> stats.hubs().longestSlice());
        count(
                registry,
                "treadle.hub.retakes",
                "How often a hub that was held went to a spare carrier",
                stats -> stats.hubs().retakes());
        count(
                registry,
                "treadle.hub.long.slices",
                "Slices that lasted longer than max-blocking-time",
                stats -> stats.hubs().longSlices());
        workers.onHub(index -> hub(registry, index));
    }

    private void hub(MeterRegistry registry, int index) {
        String tag = String.valueOf(index);
        hubCounter("treadle.hub.slices", index, HubLoad::slices)
                .description("Slices that have begun")
                .tag("hub", tag)
                .register(registry);
        hubCounter(
                        "treadle.hub.busy",
                        index,
                        hub -> hub.busy().toNanos() / (double) TimeUnit.SECONDS.toNanos(1))
                .description("How long slices had the hub")
                .baseUnit("seconds")
                .tag("hub", tag)
                .register(registry);
        Gauge.builder(
                        "treadle.hub.queued",
                        workers,
                        observed -> ofHub(observed, index, HubLoad::queued))
                .description("Slices that can run and wait for the hub")
                .tag("hub", tag)
                .register(registry);
    }

    private FunctionCounter.Builder<Workers> hubCounter(
            String name, int index, ToDoubleFunction<HubLoad> value) {
        return FunctionCounter.builder(name, workers, observed -> ofHub(observed, index, value));
    }

    /** Zero after a switch has taken the hub away. */
    private static double ofHub(Workers workers, int index, ToDoubleFunction<HubLoad> value) {
        List<HubLoad> hubs = workers.stats().hubs().each();
        return index < hubs.size() ? value.applyAsDouble(hubs.get(index)) : 0;
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
            MeterRegistry registry, String by, Function<WorkerStats, Refusals> refusals) {
        refused(registry, by, "queue-full", stats -> refusals.apply(stats).queueFull());
        refused(registry, by, "queue-timeout", stats -> refusals.apply(stats).queueTimeout());
        refused(registry, by, "draining", stats -> refusals.apply(stats).draining());
        refused(registry, by, "client-gone", stats -> refusals.apply(stats).clientsGone());
    }

    private void refused(
            MeterRegistry registry, String by, String reason, ToDoubleFunction<WorkerStats> value) {
        FunctionCounter.builder(
                        "treadle.requests.refused",
                        workers,
                        observed -> value.applyAsDouble(observed.stats()))
                .description(
                        "Requests that were not let in, by the gate's own N or a limit by path")
                .tag("by", by)
                .tag("reason", reason)
                .register(registry);
    }

    private void limit(MeterRegistry registry, String name) {
        if (!isShown(name)) {
            return;
        }
        gauge(registry, name, "active", "Calls that hold the limit", LimitStats::active);
        gauge(registry, name, "waiting", "Calls in its queue", stats -> stats.queue().waiting());
        Gauge.builder("treadle.limit.max", workers, observed -> maxOf(observed, name))
                .description("How many may hold it at a time; NaN after a switch took it away")
                .tag("limit", name)
                .register(registry);
        FunctionCounter.builder(
                        "treadle.limit.refused",
                        workers,
                        observed -> of(observed, name, stats -> stats.refused().total()))
                .description("Calls that the limit refused, for whatever reason")
                .tag("limit", name)
                .register(registry);
        runTime(registry, name, "0.5", RecentTimes::median);
        runTime(registry, name, "0.95", RecentTimes::p95);
        runTime(registry, name, "0.99", RecentTimes::p99);
        runTime(registry, name, "1", RecentTimes::max);
    }

    private void runTime(
            MeterRegistry registry,
            String limit,
            String quantile,
            Function<RecentTimes, Duration> value) {
        TimeGauge.builder(
                        "treadle.limit.run.time",
                        workers,
                        NANOSECONDS,
                        observed ->
                                of(
                                        observed,
                                        limit,
                                        stats -> value.apply(stats.run().recent()).toNanos()))
                .description("How long the limit was held, in the last one to two minutes")
                .tag("limit", limit)
                .tag("quantile", quantile)
                .register(registry);
    }

    private boolean isShown(String name) {
        if (limitsShown.contains(name)) {
            return true; // it was told before, or another registry has it
        }
        if (limitsShown.size() < MOST_LIMITS) {
            limitsShown.add(name);
            return true;
        }
        if (!limitsLeftOut.getAndSet(true)) {
            LOG.log(
                    Level.WARNING,
                    "meters: limit {0}: the first {1} limits have meters, this and later ones have none"
                            + " (expected: limits by the dependency they guard, not by user or request)",
                    name,
                    MOST_LIMITS);
        }
        return false;
    }

    private static double maxOf(Workers workers, String name) {
        return workers.stats().limits().stream()
                .filter(limit -> limit.name().equals(name))
                .mapToDouble(LimitStats::limit)
                .findFirst()
                .orElse(Double.NaN);
    }

    private void gauge(
            MeterRegistry registry,
            String limit,
            String what,
            String description,
            ToDoubleFunction<LimitStats> value) {
        Gauge.builder("treadle.limit." + what, workers, observed -> of(observed, limit, value))
                .description(description)
                .tag("limit", limit)
                .register(registry);
    }

    private static double of(Workers workers, String limit, ToDoubleFunction<LimitStats> value) {
        return workers.limitStats(limit).map(stats -> value.applyAsDouble(stats)).orElse(0.0);
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
