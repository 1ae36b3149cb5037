package dev.treadle.bench.command;

import dev.treadle.bench.client.Clients;
import dev.treadle.bench.client.CrowdLoad;
import dev.treadle.bench.client.CrowdResult;
import dev.treadle.bench.client.Phase;
import dev.treadle.bench.client.SlowParty;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.Usage;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.report.Metric;
import dev.treadle.bench.report.Picture;
import dev.treadle.bench.report.Results;
import dev.treadle.bench.report.Subject;
import dev.treadle.bench.report.TimelineChart;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The third party becomes slow for a while, and users come as before, and reload. */
@Command(
        name = "overload",
        sortOptions = false,
        defaultValueProvider = OverloadBenchmark.OneRound.class,
        header = "The service users get when a third party becomes slow.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class OverloadBenchmark extends Benchmark {
    private static final Metric SERVED = Metric.of("served_pct", "served %", 1);
    private static final Metric HARD_SERVED = Metric.of("hard_served_s", "hard: served/s", 1);
    private static final Metric HARD_P99 = Metric.of("hard_p99_s", "hard: p99 s", 2);
    private static final Metric AFTER_SERVED = Metric.of("after_served_s", "after: served/s", 1);
    private static final Metric AFTER_P99 = Metric.of("after_p99_s", "after: p99 s", 2);
    private static final Metric RECOVERY = Metric.of("recovery_s", "recovery s", 0);
    private static final Metric USERS = Metric.shown("users", "users", 0);
    private static final Metric RELOADS = Metric.shown("reloads", "reloads", 0);
    private static final Metric OK = Metric.shown("status_200", "200", 0);
    private static final Metric UNAVAILABLE = Metric.shown("status_503", "503", 0);
    private static final Metric TOO_MANY = Metric.shown("status_429", "429", 0);
    private static final Metric OTHER = Metric.shown("status_other", "other", 0);
    private static final Metric GAVE_UP = Metric.shown("gave_up", "gave up", 0);
    private static final Metric RSS_BEFORE = Metric.shown("rss_before_mb", "RSS before MB", 0);
    private static final Metric RSS_MOST = Metric.shown("rss_most_mb", "most MB", 0);
    private static final Metric LAG = Metric.shown("lag_ms", "client late p99 ms", 1);

    private static final int WARM_UP_BURSTS = 10;
    private static final int WARM_UP_CONNECTIONS = 100;
    private static final int WARM_UP_REQUESTS_EACH = 10;

    /** A client that is later than that says little of the server. */
    private static final double MOST_LAG_MILLIS = 250;

    @Option(
            names = "--before",
            paramLabel = "D",
            defaultValue = "10s",
            description = "How long all is well at first. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1s", max = "60m", wholeSeconds = true)
    private Duration before;

    @Option(
            names = "--slow-for",
            paramLabel = "D",
            defaultValue = "30s",
            description = "How long the third party is slow. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1s", max = "60m", wholeSeconds = true)
    private Duration slowFor;

    @Option(
            names = "--after",
            paramLabel = "D",
            defaultValue = "20s",
            description = "How long it is looked at after that. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1s", max = "60m", wholeSeconds = true)
    private Duration after;

    @Option(
            names = "--patience",
            paramLabel = "D",
            defaultValue = "5s",
            description =
                    "How long a user waits before closing the connection and asking anew. Default: ${DEFAULT-VALUE}.")
    @Range(min = "10ms", max = "60m")
    private Duration patience;

    @Option(
            names = "--reloads",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often a user asks anew before giving up. Default: ${DEFAULT-VALUE}.")
    @Range(min = "0", max = "100")
    private int reloads;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "300",
            description = "Users who come a second. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "10000")
    private int rate;

    @Option(
            names = "--normal",
            paramLabel = "D",
            defaultValue = "0.5s",
            description = "What the third party takes as a rule. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1ms", max = "10m")
    private Duration normal;

    @Option(
            names = "--slow",
            paramLabel = "D",
            defaultValue = "3s",
            description = "What the third party takes while it is slow. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1ms", max = "10m")
    private Duration slow;

    /**
     * The contenders are the containers' own pool; twice the published 320 at once, too few here,
     * with Treadle's own line and with one that is less patient than users are; and what has room
     * for all.
     */
    @Override
    Description description() {
        Map<String, String> circumstances = new LinkedHashMap<>();
        circumstances.put(
                "load",
                ("open loop, users of our own: a request has its time to be"
                                + " sent, and counts from then; who waits for more than %d ms closes the"
                                + " connection and asks anew, %d times at most; a refusal ends it."
                                + " Latencies count from the first click")
                        .formatted(patience.toMillis(), reloads));
        circumstances.put(
                "recovery",
                ("seconds from the end of the hard ones until three in a row are as before: p99 at most"
                                + " half above, three quarters as many served; -: not in %d s")
                        .formatted(after.toSeconds()));
        circumstances.put(
                "third party",
                "takes as long as it takes when it is asked, over pooled"
                        + " sockets without a limit");
        circumstances.put(
                "asked at once",
                "%,.0f of the third party while it is slow, if nobody is kept waiting elsewhere"
                        .formatted(rate * slow.toMillis() / 1e3));
        return new Description(
                "%d users a second, a third party that takes %s, then %s for %s"
                        .formatted(rate, seconds(normal), seconds(slow), seconds(slowFor)),
                List.of(variant()),
                List.of(
                        "pool",
                        "threads:n=640",
                        "gevent:n=640",
                        "gevent:n=640:queue-timeout=1s",
                        "gevent:n=1000",
                        "virtual:n=1000000:queue=0"),
                "1g",
                circumstances);
    }

    private String variant() {
        return "%d s, hard for %d s, %d s"
                .formatted(before.toSeconds(), slowFor.toSeconds(), after.toSeconds());
    }

    /** Returns a duration as people write it, such as 0.5 s. */
    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString()
                + " s";
    }

    @Override
    int n(Contender contender) {
        return contender.n(Contender.GREENLETS);
    }

    private int hardFrom() {
        return (int) before.toSeconds();
    }

    private int hardTo() {
        return (int) before.plus(slowFor).toSeconds();
    }

    @Override
    List<Picture> pictures(Results results) {
        TimelineChart.Shade shade =
                new TimelineChart.Shade("third party takes " + seconds(slow), hardFrom(), hardTo());
        return results.subjects().stream()
                .map(Subject::container)
                .distinct()
                .map(container ->
                        new Picture(
                                container,
                                TimelineChart.of(
                                        results,
                                        container,
                                        shade,
                                        List.of(SERVED, RECOVERY, GAVE_UP))))
                .toList();
    }

    @Override
    void requirePossible() throws IOException {
        double atOnce = rate * patience.toMillis() / 1e3 * (reloads + 1);
        Descriptors.require("--rate, --patience, --reloads", (int) Math.min(1e9, atOnce));
    }

    @Override
    void measure(Entry entry, Workshop workshop, Sheet sheet)
            throws IOException, InterruptedException {
        int n = Workshop.n(entry.contender(), this);
        List<Phase> phases =
                List.of(phase(before, normal), phase(slowFor, slow), phase(after, normal));
        try (SlowParty party = new SlowParty();
                ServerProcess server = workshop.server(entry)) {
            int warm = Math.min(n, WARM_UP_CONNECTIONS);
            Clients.warmUp(
                    server.port(),
                    upstream(party, 20),
                    warm,
                    warm * WARM_UP_REQUESTS_EACH,
                    WARM_UP_BURSTS);
            CrowdLoad load =
                    new CrowdLoad(
                            server.port(),
                            upstream(party, normal.toMillis()),
                            phases,
                            (int) patience.toMillis(),
                            reloads,
                            0);
            try (UsageWatch watch = new UsageWatch(server.pid())) {
                party.follow(phases);
                report(Clients.crowds(List.of(load)).getFirst(), watch, sheet);
            } finally {
                // it may have thousands of requests left that no client waits for
                server.kill();
            }
        }
    }

    private Phase phase(Duration lasting, Duration latency) {
        return new Phase((int) lasting.toMillis(), rate, (int) latency.toMillis());
    }

    private static String upstream(SlowParty party, long millis) {
        return "/upstream?port=%d&ms=%d".formatted(party.port(), millis);
    }

    private void report(CrowdResult result, UsageWatch watch, Sheet sheet) throws IOException {
        Story story = new Story(result.seconds());
        Usage usage = watch.stop();
        Values values =
                new Values()
                        .put(SERVED, 100.0 * result.ok() / result.users())
                        .put(HARD_SERVED, story.servedPerSecond(hardFrom(), hardTo()))
                        .put(HARD_P99, Story.p99Seconds(result.phases().get(1)))
                        .put(AFTER_SERVED, story.servedPerSecond(hardTo(), result.seconds().size()))
                        .put(AFTER_P99, Story.p99Seconds(result.phases().get(2)))
                        .put(RECOVERY, story.recoverySeconds(hardFrom(), hardTo()))
                        .put(USERS, result.users())
                        .put(RELOADS, result.reloads())
                        .put(OK, result.ok())
                        .put(UNAVAILABLE, result.unavailable())
                        .put(TOO_MANY, result.tooMany())
                        .put(OTHER, result.other())
                        .put(Values.FAILED, result.failed())
                        .put(GAVE_UP, result.gaveUp())
                        .put(Values.CPU_SECONDS, usage.cpu().seconds())
                        .put(RSS_BEFORE, watch.rssMegabytes(hardFrom()))
                        .put(RSS_MOST, watch.mostRssMegabytes())
                        .put(Values.THREADS, usage.threads())
                        .put(LAG, result.lag().p99());
        if (!result.problem().isEmpty()) {
            sheet.noted(variant(), "the first that failed: " + result.problem());
        }
        if (result.lag().p99() > MOST_LAG_MILLIS) {
            sheet.noted(
                    variant(),
                    "the client was late, by up to %.0f ms: the machine is too busy for this"
                            .formatted(result.lag().max()));
        }
        sheet.measured(variant(), values, story.series(), "");
    }

    /** One round lasts a minute and more for each contender; the other benchmarks have five. */
    static final class OneRound implements IDefaultValueProvider {
        @Override
        public @Nullable String defaultValue(ArgSpec argument) {
            return argument instanceof OptionSpec option && option.longestName().equals("--rounds")
                    ? "1"
                    : null;
        }
    }
}
