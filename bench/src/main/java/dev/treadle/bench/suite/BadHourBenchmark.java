package dev.treadle.bench.suite;

import dev.treadle.bench.process.Phase;
import dev.treadle.bench.process.SlowPartyProcess;
import dev.treadle.bench.process.UsageTimeline;
import dev.treadle.bench.report.Metric;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The third party becomes slow for a while, and users come as before. */
public final class BadHourBenchmark extends OverloadBenchmark {
    private final int rate;
    private final Duration normal;
    private final Duration slow;

    /**
     * @param course hard is while the third party is slow
     * @param rate users who come a second
     * @param normal latency of the third party
     * @param slow its latency while it is slow
     */
    public BadHourBenchmark(OverloadCourse course, int rate, Duration normal, Duration slow) {
        super(course);
        this.rate = rate;
        this.normal = normal;
        this.slow = slow;
    }

    @Override
    public String name() {
        return "overload";
    }

    @Override
    public String title() {
        return "%d users a second, a third party that takes %s, then %s for %s"
                .formatted(rate, seconds(normal), seconds(slow), seconds(course().during()));
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                SERVED,
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
                RSS_BEFORE,
                RSS_MOST,
                Values.THREADS,
                LAG);
    }

    /**
     * The containers' own pool; twice the published 320 at once, too few here, with Treadle's own
     * line and with one that is less patient than users are; and what has room for all.
     */
    @Override
    public List<String> contenders() {
        return List.of(
                "pool",
                "threads:n=640",
                "gevent:n=640",
                "gevent:n=640:queue-timeout=1s",
                "gevent:n=1000",
                "virtual:n=1000000:queue=0");
    }

    @Override
    public Map<String, String> circumstances() {
        Map<String, String> facts = new LinkedHashMap<>(super.circumstances());
        facts.put(
                "third party",
                "one process, one thread; takes as long as it takes when it is asked, over pooled"
                        + " sockets without a limit");
        facts.put(
                "asked at once",
                "%,.0f of the third party while it is slow, if nobody is kept waiting elsewhere"
                        .formatted(rate * slow.toMillis() / 1e3));
        return facts;
    }

    @Override
    public int n(Contender contender) {
        return Sizes.of(contender, Sizes.GREENLETS);
    }

    @Override
    List<Phase> phases(int n) {
        return List.of(
                new Phase(course().before(), rate, normal),
                new Phase(course().during(), rate, slow),
                new Phase(course().after(), rate, normal));
    }

    @Override
    String path(SlowPartyProcess party, Duration latency) {
        return "/upstream?port=%d&ms=%d".formatted(party.port(), latency.toMillis());
    }

    @Override
    String hardship() {
        return "third party takes " + seconds(slow);
    }

    /** Returns a duration as people write it, such as 0.5 s. */
    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString()
                + " s";
    }

    @Override
    void addTo(Values values, int n, Story story, UsageTimeline timeline) {
        // what all overloads tell is enough
    }
}
