package dev.treadle.bench.suite;

import dev.treadle.bench.process.ClientProcess;
import dev.treadle.bench.process.ClientResult;
import dev.treadle.bench.process.CrowdLoad;
import dev.treadle.bench.process.Phase;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.SlowPartyProcess;
import dev.treadle.bench.process.Usage;
import dev.treadle.bench.process.UsageTimeline;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.report.Metric;
import dev.treadle.bench.report.Picture;
import dev.treadle.bench.report.Results;
import dev.treadle.bench.report.Subject;
import dev.treadle.bench.report.TimelineChart;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Users who come at their times while it is hard to serve them, and reload: all is well, then it is
 * hard, then it could be well again.
 */
abstract class OverloadBenchmark implements Benchmark {
    static final Metric SERVED = Metric.chief("served_pct", "served %", 1);
    static final Metric HARD_SERVED = Metric.chief("hard_served_s", "hard: served/s", 1);
    static final Metric HARD_P99 = Metric.of("hard_p99_s", "hard: p99 s", 2);
    static final Metric AFTER_SERVED = Metric.of("after_served_s", "after: served/s", 1);
    static final Metric AFTER_P99 = Metric.of("after_p99_s", "after: p99 s", 2);
    static final Metric RECOVERY = Metric.of("recovery_s", "recovery s", 0);
    static final Metric USERS = Metric.shown("users", "users", 0);
    static final Metric RELOADS = Metric.shown("reloads", "reloads", 0);
    static final Metric OK = Metric.shown("status_200", "200", 0);
    static final Metric UNAVAILABLE = Metric.shown("status_503", "503", 0);
    static final Metric TOO_MANY = Metric.shown("status_429", "429", 0);
    static final Metric OTHER = Metric.shown("status_other", "other", 0);
    static final Metric GAVE_UP = Metric.shown("gave_up", "gave up", 0);
    static final Metric CPU = Metric.shown("cpu_s", "CPU s", 2);
    static final Metric RSS_BEFORE = Metric.shown("rss_before_mb", "RSS before MB", 0);
    static final Metric RSS_MOST = Metric.shown("rss_most_mb", "most MB", 0);
    static final Metric LAG = Metric.shown("lag_ms", "client late p99 ms", 1);

    private static final int WARM_UP_BURSTS = 10;
    private static final int WARM_UP_CONNECTIONS = 100;
    private static final int WARM_UP_REQUESTS_EACH = 10;
    private static final Duration WARM_UP_LATENCY = Duration.ofMillis(20);

    /** The middle phase of three. */
    private static final int HARD = 1;

    /** A client that is later than that says little of the server. */
    private static final double MOST_LAG_MILLIS = 250;

    private final OverloadCourse course;

    OverloadBenchmark(OverloadCourse course) {
        this.course = course;
    }

    final OverloadCourse course() {
        return course;
    }

    /** Returns the three phases: well, hard, and after it. */
    abstract List<Phase> phases(int n);

    /** Returns what is asked for, with a latency that a third party may replace by its own. */
    abstract String path(SlowPartyProcess party, Duration latency);

    /** Returns what is hard, in two words or three. */
    abstract String hardship();

    /** Adds what only this overload can tell. */
    abstract void addTo(Values values, int n, Story story, UsageTimeline timeline);

    @Override
    public final List<String> variants() {
        return List.of(variant());
    }

    private String variant() {
        return course.before().toSeconds()
                + " s, hard for "
                + course.during().toSeconds()
                + " s, "
                + course.after().toSeconds()
                + " s";
    }

    @Override
    public final String heap() {
        return "1g";
    }

    @Override
    public Map<String, String> circumstances() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "load",
                "open loop, users of our own in a process of their own: a request has its time to be"
                        + " sent, and counts from then; who waits for more than "
                        + course.patience().toMillis()
                        + " ms closes the connection and asks anew, "
                        + course.reloads()
                        + " times at most; a refusal ends it. Latencies count from the first click");
        facts.put(
                "recovery",
                "seconds from the end of the hard ones until three in a row are as before: p99 at most"
                        + " half above, three quarters as many served; -: not in "
                        + course.after().toSeconds()
                        + " s");
        return facts;
    }

    @Override
    public final List<Picture> pictures(Results results, List<String> emphasised) {
        TimelineChart.Shade shade =
                new TimelineChart.Shade(hardship(), course.hardFrom(), course.hardTo());
        // the first one is what it is all about
        List<Metric> captions = List.of(metrics().getFirst(), RECOVERY, GAVE_UP);
        return results.subjects().stream()
                .map(Subject::container)
                .distinct()
                .map(container ->
                        new Picture(
                                container, TimelineChart.of(results, container, shade, captions)))
                .toList();
    }

    @Override
    public final void measure(Entry entry, Workshop workshop, Sink sink)
            throws IOException, InterruptedException {
        int n = Workshop.n(entry.contender(), this);
        List<Phase> phases = phases(n);
        String reason = reasonToSkip(phases);
        if (!reason.isEmpty()) {
            sink.skipped(variant(), reason);
            return;
        }
        try (ClientProcess client = workshop.client();
                SlowPartyProcess party = workshop.slowParty();
                ServerProcess server = workshop.server(entry)) {
            warmUp(client, server, path(party, WARM_UP_LATENCY), Math.min(n, WARM_UP_CONNECTIONS));
            String path = path(party, phases.getFirst().latency());
            CrowdLoad load = new CrowdLoad(path, phases, course.patience(), course.reloads());
            try (UsageWatch watch = new UsageWatch(server.pid());
                    UsageTimeline timeline = new UsageTimeline(server.pid())) {
                party.follow(phases);
                ClientResult result = client.crowd(server.port(), load);
                report(n, result, watch.stop(), timeline, sink);
            } finally {
                // it may have thousands of requests left that no client waits for
                server.kill();
            }
        }
    }

    private String reasonToSkip(List<Phase> phases) throws IOException {
        int rate = phases.stream().mapToInt(Phase::rate).max().orElse(0);
        double atOnce = rate * course.patience().toMillis() / 1e3 * (course.reloads() + 1);
        int most = Descriptors.mostConnections();
        return atOnce <= most
                ? ""
                : "up to %,.0f connections at once (at most %,d, by the file descriptors there are)"
                        .formatted(atOnce, most);
    }

    private static void warmUp(
            ClientProcess client, ServerProcess server, String path, int connections)
            throws IOException, InterruptedException {
        for (int burst = 0; burst < WARM_UP_BURSTS; burst++) {
            client.closedLoop(
                    server.port(), path, connections, connections * WARM_UP_REQUESTS_EACH, false);
        }
    }

    private void report(
            int n, ClientResult result, Usage usage, UsageTimeline timeline, Sink sink) {
        Story story = Story.of(result);
        Values values =
                new Values()
                        .put(SERVED, 100.0 * result.number("ok") / result.number("users"))
                        .put(
                                HARD_SERVED,
                                Story.perSecond(story.served(), course.hardFrom(), course.hardTo()))
                        .put(
                                AFTER_SERVED,
                                Story.perSecond(story.served(), course.hardTo(), course.end()))
                        .put(USERS, result.number("users"))
                        .put(RELOADS, result.number("reloads"))
                        .put(OK, result.number("ok"))
                        .put(UNAVAILABLE, result.number("unavailable"))
                        .put(TOO_MANY, result.number("too-many"))
                        .put(OTHER, result.number("other"))
                        .put(Values.FAILED, result.number("failed"))
                        .put(GAVE_UP, result.number("gave-up"))
                        .put(CPU, usage.cpuSeconds())
                        .put(RSS_BEFORE, timeline.rssMegabytes(course.hardFrom()))
                        .put(RSS_MOST, timeline.mostRssMegabytes())
                        .put(Values.THREADS, usage.threads())
                        .put(LAG, result.millis("lag-p99"));
        putSeconds(values, HARD_P99, result.series("phase-p99").get(HARD));
        putSeconds(values, AFTER_P99, result.series("phase-p99").get(HARD + 1));
        story.recoverySeconds(course).ifPresent(seconds -> values.put(RECOVERY, seconds));
        addTo(values, n, story, timeline);
        if (!result.problem().isEmpty()) {
            sink.noted(variant(), "the first that failed: " + result.problem());
        }
        if (result.millis("lag-p99") > MOST_LAG_MILLIS) {
            sink.noted(
                    variant(),
                    "the client was late, by up to %.0f ms: the machine is too busy for this"
                            .formatted(result.millis("lag-max")));
        }
        sink.measured(variant(), values.map(), story.series(), "");
    }

    private static void putSeconds(Values values, Metric metric, long micros) {
        if (micros >= 0) {
            values.put(metric, micros / 1e6);
        }
    }
}
