package dev.treadle.bench.suite;

import dev.treadle.bench.process.Phase;
import dev.treadle.bench.process.SlowPartyProcess;
import dev.treadle.bench.process.UsageTimeline;
import dev.treadle.bench.report.Metric;
import dev.treadle.settings.Setting;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** More users come for a while than can be served, several times as many. */
public final class SaturationBenchmark extends OverloadBenchmark {
    private static final Metric GOODPUT = Metric.chief("goodput_pct", "goodput %", 1);
    private static final Metric CPU_REFUSED = Metric.shown("cpu_refused_us", "us/refused <", 0);

    /** Of its capacity, while all is well. */
    private static final double USUAL_LOAD = 0.5;

    private final int n;
    private final int times;
    private final Duration sleep;
    private final Map<String, String> line;

    /**
     * @param course hard is while too many come
     * @param n requests at a time, of contenders that have none written
     * @param times how many times as many come as can be served
     * @param sleep how long a request takes
     * @param queue how many may wait in Treadle's line
     * @param queueTimeout how long one may wait there
     */
    public SaturationBenchmark(
            OverloadCourse course,
            int n,
            int times,
            Duration sleep,
            int queue,
            Duration queueTimeout) {
        super(course);
        this.n = n;
        this.times = times;
        this.sleep = sleep;
        this.line =
                Map.of(
                        Setting.QUEUE.word(),
                        String.valueOf(queue),
                        Setting.QUEUE_TIMEOUT.word(),
                        queueTimeout.toMillis() + "ms");
    }

    @Override
    public String name() {
        return "overload-saturate";
    }

    @Override
    public String title() {
        return "a handler that sleeps %d ms, half of what can be served, then %d times that for %d s"
                .formatted(sleep.toMillis(), times, course().during().toSeconds());
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                GOODPUT,
                HARD_SERVED,
                HARD_P99,
                AFTER_SERVED,
                AFTER_P99,
                RECOVERY,
                USERS,
                RELOADS,
                OK,
                UNAVAILABLE,
                TOO_MANY,
                OTHER,
                Values.FAILED,
                GAVE_UP,
                CPU,
                CPU_REFUSED,
                RSS_BEFORE,
                RSS_MOST,
                Values.THREADS,
                LAG);
    }

    @Override
    public List<String> contenders() {
        return List.of("gevent", "threads", "virtual", "pool");
    }

    @Override
    public Map<String, String> circumstances() {
        Map<String, String> facts = new LinkedHashMap<>(super.circumstances());
        facts.put(
                "goodput",
                "served while it is hard, of what N could serve in that time; us/refused: server CPU"
                        + " by answer above those of the last phase, most of which are refusals");
        return facts;
    }

    @Override
    public int n(Contender contender) {
        return n;
    }

    @Override
    public Map<String, String> workerSettings(Contender contender) {
        return line;
    }

    @Override
    List<Phase> phases(int n) {
        int usual = rate(USUAL_LOAD * capacity(n));
        return List.of(
                new Phase(course().before(), usual, sleep),
                new Phase(course().during(), rate(times * capacity(n)), sleep),
                new Phase(course().after(), usual, sleep));
    }

    /** Returns how many can be served a second. */
    private double capacity(int atOnce) {
        return atOnce * 1e3 / sleep.toMillis();
    }

    private static int rate(double users) {
        return (int) Math.max(1, Math.round(users));
    }

    @Override
    String path(SlowPartyProcess party, Duration latency) {
        return "/sleep?ms=" + latency.toMillis();
    }

    @Override
    String hardship() {
        return times + " x what can be served";
    }

    @Override
    void addTo(Values values, int atOnce, Story story, UsageTimeline timeline) {
        int from = course().hardFrom();
        int to = course().hardTo();
        int end = course().end();
        values.put(GOODPUT, 100 * Story.perSecond(story.served(), from, to) / capacity(atOnce));
        double refused = Story.perSecond(story.refused(), from, to);
        double more = answered(story, from, to) - answered(story, to, end);
        if (refused > 0 && more > 0) {
            // what a served one takes more than a refused one, and what the server takes without
            // any, is not told apart: at most that
            double cpu = cpuPerSecond(timeline, from, to) - cpuPerSecond(timeline, to, end);
            values.put(CPU_REFUSED, Math.max(0, cpu / more * 1e6));
        }
    }

    private static double answered(Story story, int from, int to) {
        return Story.perSecond(story.served(), from, to)
                + Story.perSecond(story.refused(), from, to);
    }

    private static double cpuPerSecond(UsageTimeline timeline, int from, int to) {
        return timeline.cpuSeconds(from, to) / (to - from);
    }
}
