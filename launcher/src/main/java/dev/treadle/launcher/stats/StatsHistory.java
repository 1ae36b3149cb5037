package dev.treadle.launcher.stats;

import dev.treadle.Workers;
import dev.treadle.stats.WorkerStats;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** Some numbers of the last ten minutes, one sample a second. Safe for any thread. */
final class StatsHistory implements AutoCloseable {
    private static final Logger LOG = System.getLogger("dev.treadle.launcher");
    private static final int SAMPLES = 600;

    private final Workers workers;
    private final Deque<Sample> samples = new ArrayDeque<>(SAMPLES); // guarded by this
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("treadle-stats-history").factory());

    private final ScheduledFuture<?> sampling;

    /**
     * The numbers at one moment.
     *
     * @param millis since 1970
     */
    private record Sample(
            long millis,
            long limit,
            long inside,
            long queued,
            long completed,
            long refused,
            long queueMedianMillis,
            long queueP99Millis,
            long runMedianMillis,
            long runP99Millis,
            long lagMillis) {

        static Sample of(WorkerStats stats) {
            return new Sample(
                    System.currentTimeMillis(),
                    stats.gate().limit(),
                    stats.gate().active(),
                    stats.gate().queue().waiting(),
                    stats.gate().completed(),
                    stats.gate().refused().total(),
                    stats.gate().queue().recent().median().toMillis(),
                    stats.gate().queue().recent().p99().toMillis(),
                    stats.gate().run().recent().median().toMillis(),
                    stats.gate().run().recent().p99().toMillis(),
                    stats.hubs().lag().toMillis());
        }
    }

    StatsHistory(Workers workers) {
        this.workers = workers;
        sampling = timer.scheduleAtFixedRate(this::sample, 0, 1, TimeUnit.SECONDS);
    }

    private void sample() {
        try {
            Sample now = Sample.of(workers.stats());
            synchronized (this) {
                if (samples.size() == SAMPLES) {
                    samples.removeFirst();
                }
                samples.addLast(now);
            }
        } catch (RuntimeException broken) {
            // one sample is missing; the timer would end
            LOG.log(Level.WARNING, "stats: no sample", broken);
        }
    }

    /**
     * Returns a list of numbers for each name, all of the same length, the oldest first. {@code
     * completed} and {@code refused} are counters.
     */
    Map<String, Object> toMap() {
        List<Sample> all;
        synchronized (this) {
            all = new ArrayList<>(samples);
        }
        Map<String, Object> map = new LinkedHashMap<>();
        put(map, "millis", all, Sample::millis);
        put(map, "limit", all, Sample::limit);
        put(map, "inside", all, Sample::inside);
        put(map, "queued", all, Sample::queued);
        put(map, "completed", all, Sample::completed);
        put(map, "refused", all, Sample::refused);
        put(map, "queueMedianMillis", all, Sample::queueMedianMillis);
        put(map, "queueP99Millis", all, Sample::queueP99Millis);
        put(map, "runMedianMillis", all, Sample::runMedianMillis);
        put(map, "runP99Millis", all, Sample::runP99Millis);
        put(map, "lagMillis", all, Sample::lagMillis);
        return map;
    }

    private static void put(
            Map<String, Object> map,
            String name,
            List<Sample> samples,
            ToLongFunction<Sample> value) {
        map.put(name, samples.stream().map(value::applyAsLong).toList());
    }

    @Override
    public void close() {
        sampling.cancel(false);
        timer.shutdownNow();
    }
}
