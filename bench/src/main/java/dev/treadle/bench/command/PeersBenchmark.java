package dev.treadle.bench.command;

import dev.treadle.bench.client.Clients;
import dev.treadle.bench.client.CrowdLoad;
import dev.treadle.bench.client.CrowdResult;
import dev.treadle.bench.client.Phase;
import dev.treadle.bench.client.SlowParty;
import dev.treadle.bench.process.Database;
import dev.treadle.bench.process.ServerProcess;
import dev.treadle.bench.process.Usage;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.process.Wrk;
import dev.treadle.bench.report.Metric;
import dev.treadle.bench.report.Overview;
import dev.treadle.bench.server.Customers;
import dev.treadle.launcher.load.LoadResult;
import dev.treadle.settings.Setting;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The same application on Treadle and on everything else a user could choose, in six cases. */
@Command(
        name = "peers",
        sortOptions = false,
        header = {
            "Treadle, the containers' own ways, Spring Boot, Helidon, Micronaut and Vert.x:",
            "one application in six cases. Needs wrk."
        })
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class PeersBenchmark extends Benchmark {
    private static final Metric RATE = Metric.of("rps", "req/s", 0);
    private static final Metric CPU = Metric.of("cpu_us", "CPU us/req", 1);
    private static final Metric P99 = Metric.of("p99_ms", "p99 ms", 1);
    private static final Metric FAILED = Metric.shown("failed_percent", "failed %", 1);

    private static final String HELLO = "hello";
    private static final String PROXY = "proxy";
    private static final String JDBC = "jdbc";
    private static final String BURST = "burst";
    private static final String HOG = "hog";
    private static final String FREEZE = "freeze";
    private static final List<String> CASES = List.of(HELLO, PROXY, JDBC, BURST, HOG, FREEZE);

    private static final int HELLO_CONNECTIONS = 64;
    private static final int PROXY_CONNECTIONS = 128;
    private static final int JDBC_CONNECTIONS = 64;
    private static final int AT_ONCE = 1_000;

    private static final int WARM_UP_BURSTS = 5;
    private static final int WARM_UP_REQUESTS_EACH = 2;

    /** Quick requests a second beside hogs and a freeze. */
    private static final int RATE_BESIDE = 500;

    private static final int CONNECTIONS_BESIDE = 64;

    /** A user of a quick request waits no longer. */
    private static final int PATIENCE_MILLIS = 1_000;

    private static final int LONG_PATIENCE_MILLIS = 60_000;

    /** Each second as many as there are processors, at once. */
    private static final int HOG_MILLIS = 500;

    /** So many requests use one class at once. */
    private static final int FROZEN = 16;

    private static final int FREEZE_MILLIS = 3_000;
    private static final int BEFORE_FREEZE_MILLIS = 2_000;
    private static final int AFTER_FREEZE_MILLIS = 3_000;

    @Option(
            names = "--cases",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "hello,proxy,jdbc,burst,hog,freeze",
            description = "Default: ${DEFAULT-VALUE}.")
    private List<String> cases;

    @Option(
            names = "--duration",
            paramLabel = "D",
            defaultValue = "5s",
            description = "Of hello, proxy and jdbc, and of the hogs. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1s", max = "10m")
    private Duration duration;

    @Option(
            names = "--warm-up",
            paramLabel = "D",
            defaultValue = "5s",
            description = "Before each of hello, proxy and jdbc. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1s", max = "10m")
    private Duration warmUp;

    // of all servers of a run
    private @Nullable Database database;

    private List<String> cases() {
        return Texts.requireWords("--cases", cases, CASES);
    }

    @Override
    void requirePossible() {
        List<String> unused = cases();
        Wrk.requireInstalled();
    }

    @Override
    Description description() {
        Map<String, String> circumstances = new LinkedHashMap<>();
        circumstances.put(
                "hello, proxy, jdbc",
                "wrk -t1 with %d, %d and %d connections, %d s each after a warm-up of %d s; a third party of 10 ms over HTTP, asked with Apache's client; PostgreSQL, a pool of %d"
                        .formatted(
                                HELLO_CONNECTIONS,
                                PROXY_CONNECTIONS,
                                JDBC_CONNECTIONS,
                                duration.toSeconds(),
                                warmUp.toSeconds(),
                                Customers.POOL));
        circumstances.put(
                "burst", AT_ONCE + " clients connect at once, each asks for 1 s of sleep");
        circumstances.put(
                "hog, freeze",
                "open loop, %d quick requests a second, failed if not answered within %d ms; beside them each second %d requests at once that compute %d ms; or %d requests that use a class whose initialiser takes %d ms"
                        .formatted(
                                RATE_BESIDE,
                                PATIENCE_MILLIS,
                                processors(),
                                HOG_MILLIS,
                                FROZEN,
                                FREEZE_MILLIS));
        return new Description(
                "one application on Treadle, on the containers and on other frameworks",
                cases(),
                List.of(
                        "gevent",
                        "virtual",
                        "pool",
                        "own-virtual",
                        "boot-gevent",
                        "boot-virtual",
                        "helidon",
                        "micronaut",
                        "micronaut-loops",
                        "vertx"),
                "1g",
                circumstances);
    }

    private static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    int n(Contender contender) {
        return contender.n(AT_ONCE);
    }

    /** No request is refused: a contender with fewer threads lets the rest wait. */
    @Override
    Map<String, String> workerSettings(Contender contender) {
        return Map.of(
                Setting.QUEUE.word(), String.valueOf(AT_ONCE), Setting.QUEUE_TIMEOUT.word(), "1m");
    }

    @Override
    List<Overview.Column> overview() {
        List<Overview.Column> columns = new ArrayList<>();
        for (String steady : List.of(HELLO, PROXY, JDBC)) {
            columns.add(new Overview.Column(steady + ": CPU us/req", steady, CPU));
            columns.add(new Overview.Column("req/s", steady, RATE));
            columns.add(new Overview.Column("p99 ms", steady, P99));
        }
        columns.add(new Overview.Column("burst: p99 ms", BURST, P99));
        columns.add(new Overview.Column("RSS MB", BURST, Values.RSS));
        for (String bad : List.of(HOG, FREEZE)) {
            columns.add(new Overview.Column(bad + ": p99 ms", bad, P99));
            columns.add(new Overview.Column("failed %", bad, FAILED));
        }
        return columns.stream().filter(column -> cases().contains(column.variant())).toList();
    }

    @Override
    void measure(Entry entry, Workshop workshop, Sheet sheet)
            throws IOException, InterruptedException {
        try (SlowParty party = new SlowParty();
                ServerProcess server = workshop.server(entry, null, databaseOptions())) {
            for (String one : cases()) {
                switch (one) {
                    case HELLO -> steady(server, "/fast", HELLO_CONNECTIONS, one, sheet);
                    case PROXY ->
                            steady(
                                    server,
                                    "/proxy?ms=10&port=" + party.port(),
                                    PROXY_CONNECTIONS,
                                    one,
                                    sheet);
                    case JDBC -> steady(server, "/jdbc", JDBC_CONNECTIONS, one, sheet);
                    case BURST -> burst(server, sheet);
                    case HOG -> beside(server, hogs(server.port()), duration, one, sheet);
                    default ->
                            beside(
                                    server,
                                    List.of(freeze(server.port())),
                                    Duration.ofMillis(
                                            BEFORE_FREEZE_MILLIS
                                                    + FREEZE_MILLIS
                                                    + AFTER_FREEZE_MILLIS),
                                    one,
                                    sheet);
                }
            }
        }
    }

    private List<String> databaseOptions() throws IOException {
        if (!cases().contains(JDBC)) {
            return List.of();
        }
        Database started = database;
        if (started == null) {
            started = new Database();
            database = started;
        }
        return List.of(started.option());
    }

    @Override
    void end() throws IOException {
        if (database != null) {
            database.close();
        }
    }

    private void steady(
            ServerProcess server, String path, int connections, String variant, Sheet sheet)
            throws IOException, InterruptedException {
        Wrk wrk = new Wrk(1);
        Wrk.Result unused = wrk.run(server.url(path), connections, warmUp);
        try (UsageWatch watch = new UsageWatch(server.pid())) {
            Wrk.Result result = wrk.run(server.url(path), connections, duration);
            report(
                    variant,
                    result.ok(),
                    result.failed(),
                    result.seconds(),
                    result.p99Millis(),
                    watch.stop(),
                    true,
                    sheet);
        }
    }

    private static void burst(ServerProcess server, Sheet sheet)
            throws IOException, InterruptedException {
        Clients.warmUp(
                server.port(),
                "/sleep?ms=20",
                AT_ONCE,
                AT_ONCE * WARM_UP_REQUESTS_EACH,
                WARM_UP_BURSTS);
        try (UsageWatch watch = new UsageWatch(server.pid())) {
            LoadResult result =
                    Clients.closedLoop(server.port(), "/sleep?ms=1000").run(AT_ONCE, AT_ONCE);
            report(
                    BURST,
                    result.ok(),
                    result.failed(),
                    result.wallSeconds(),
                    result.p99Millis(),
                    watch.stop(),
                    true,
                    sheet);
        }
    }

    /** Quick requests, and {@code others} beside them; a second of quick ones alone before. */
    private static void beside(
            ServerProcess server,
            List<CrowdLoad> others,
            Duration lasting,
            String variant,
            Sheet sheet)
            throws IOException {
        List<CrowdResult> unused = Clients.crowds(List.of(quick(server.port(), 1_000)));
        List<CrowdLoad> loads = new ArrayList<>();
        loads.add(quick(server.port(), (int) lasting.toMillis()));
        loads.addAll(others);
        try (UsageWatch watch = new UsageWatch(server.pid())) {
            CrowdResult result = Clients.crowds(loads).getFirst();
            report(
                    variant,
                    result.ok(),
                    result.users() - result.ok(),
                    lasting.toMillis() / 1e3,
                    result.latency().p99(),
                    watch.stop(),
                    false,
                    sheet);
        }
    }

    private static CrowdLoad quick(int port, int millis) {
        Phase phase = new Phase(millis, RATE_BESIDE, 0);
        return new CrowdLoad(port, "/fast", List.of(phase), PATIENCE_MILLIS, 0, CONNECTIONS_BESIDE);
    }

    /** Returns a load for each processor, so that their hogs come at the same time. */
    private List<CrowdLoad> hogs(int port) {
        Phase phase = new Phase((int) duration.toMillis(), 1, 0);
        CrowdLoad one =
                new CrowdLoad(
                        port, "/hog?ms=" + HOG_MILLIS, List.of(phase), LONG_PATIENCE_MILLIS, 0, 2);
        return Collections.nCopies(processors(), one);
    }

    private static CrowdLoad freeze(int port) {
        int within = 100;
        return new CrowdLoad(
                port,
                "/freeze?id=1&ms=" + FREEZE_MILLIS,
                List.of(
                        new Phase(BEFORE_FREEZE_MILLIS, 0, 0),
                        new Phase(within, FROZEN * 1e3 / within, 0)),
                LONG_PATIENCE_MILLIS,
                0,
                FROZEN);
    }

    /**
     * Records one case.
     *
     * @param steady the only load is that of the requests that count: their cost can be told, and a
     *     failure is one of the run. Otherwise a failure is an outcome, like a slow answer
     */
    private static void report(
            String variant,
            long ok,
            long failed,
            double seconds,
            double p99Millis,
            Usage usage,
            boolean steady,
            Sheet sheet) {
        boolean none = ok == 0;
        Values values = new Values().put(RATE, ok / seconds);
        if (steady) {
            values.put(CPU, none ? Double.NaN : usage.cpu().seconds() * 1e6 / ok);
        }
        values.put(P99, none ? Double.NaN : p99Millis)
                .put(FAILED, 100.0 * failed / Math.max(1, ok + failed))
                .putAtEnd(usage);
        String problem = steady ? Values.failures(failed, "") : "";
        sheet.measured(variant, values, none ? "no request was answered" : problem);
    }
}
