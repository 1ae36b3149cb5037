package dev.treadle.bench.command;

import dev.treadle.bench.client.Clients;
import dev.treadle.bench.client.SlowParty;
import dev.treadle.bench.process.ProcessFailedException;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.report.Measurement;
import dev.treadle.bench.report.Metric;
import dev.treadle.bench.report.Results;
import dev.treadle.bench.report.Spread;
import dev.treadle.bench.report.Subject;
import dev.treadle.bench.report.Table;
import dev.treadle.launcher.load.LoadResult;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Measures a Boot application with the starter. First the time of its start, with the starter and
 * no setting, compared with the same jar without the starter. Then the time of a thousand requests
 * at once with {@code --gevent 1000}, each of which waits for a slow third party.
 */
@Command(
        name = "boot",
        sortOptions = false,
        header = "Spring Boot with the starter: how it starts, and a thousand requests at once.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class BootBenchmark implements Callable<Integer> {
    private static final String START = "start";
    private static final String BURST = "burst";
    private static final String WITH = "starter";
    private static final String WITHOUT = "no-starter";
    private static final String GEVENT = "gevent";

    private static final Metric SECONDS = Metric.of("start_s", "start s", 3);
    private static final Metric CPU = Metric.of("cpu_s", "CPU s", 2);
    private static final Metric WALL = Metric.of("wall_s", "wall s", 2);
    private static final Metric P50 = Metric.of("p50_ms", "p50 ms", 0);
    private static final Metric P99 = Metric.of("p99_ms", "p99 ms", 0);

    /**
     * Of each client, over a connection that is kept: the code of a burst is compiled before one is
     * measured, and the source ports of this machine are not used up.
     */
    private static final int WARM_UP_REQUESTS_EACH = 60;

    private static final int WARM_UP_MILLIS = 50;
    private static final int BURSTS_BEFORE = 5;

    @Option(
            names = "--apps",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "3-tomcat,3-jetty,3-undertow,4-tomcat,4-jetty",
            description = "Line of Boot and container. Default: ${DEFAULT-VALUE}.")
    private List<String> apps;

    @Option(
            names = "--starts",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "How often each is started with the starter, and without. 0: not. Default: ${DEFAULT-VALUE}.")
    @Range(min = "0", max = "1000")
    private int starts;

    @Option(
            names = "--bursts",
            paramLabel = "N",
            defaultValue = "5",
            description =
                    "How many bursts of requests each gets. 0: none. Default: ${DEFAULT-VALUE}.")
    @Range(min = "0", max = "1000")
    private int bursts;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "1000",
            description = "In each burst, all at once. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "10000")
    private int requests;

    @Option(
            names = "--wait",
            paramLabel = "D",
            defaultValue = "1s",
            description = "How long the third party takes. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1ms", max = "1m")
    private Duration wait;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the JSON goes. Default: bench/results.")
    private @Nullable Path out;

    @Spec private CommandSpec command;

    private final Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    private final List<Measurement> measurements = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Texts.requireInRange(command);
        Path modules = Path.of(System.getProperty("treadle.bench.apps", "it-tests"));
        List<BootApp> found = new ArrayList<>();
        for (String name : Texts.requireWords("--apps", apps, BootApp.NAMES)) {
            found.add(BootApp.find(name, modules));
        }
        ResultFiles files = new ResultFiles(out);
        Results results = run(found);
        Table.print(results, Set.of(WITH), List.of(WITHOUT), System.out);
        files.write(results, List.of());
        return results.problems().isEmpty() ? 0 : 1;
    }

    private Results run(List<BootApp> apps) throws IOException, InterruptedException {
        Map<String, String> environment = Machine.describe(java);
        environment.put(
                "start",
                ("java -jar, nothing set; with the starter and the same jar without it in turn, %d"
                                + " times each; until Boot says that it has started, from the JVM's own"
                                + " start on; CPU from that of the process")
                        .formatted(starts));
        environment.put(
                "burst",
                ("java -jar, --gevent 1000; %d clients at once, each connects and sends one request;"
                                + " the application asks a third party over HTTP that takes %d ms; after %d"
                                + " requests of each that took %d ms, and %d bursts")
                        .formatted(
                                requests,
                                wait.toMillis(),
                                WARM_UP_REQUESTS_EACH,
                                WARM_UP_MILLIS,
                                BURSTS_BEFORE));
        environment.put("load average before", Machine.loadAverage());
        List<Subject> subjects = new ArrayList<>();
        for (BootApp app : apps) {
            if (starts > 0) {
                subjects.add(new Subject(app.name(), WITH));
                subjects.add(new Subject(app.name(), WITHOUT));
                measureStarts(app);
            }
            if (bursts > 0) {
                subjects.add(new Subject(app.name(), GEVENT));
                measureBursts(app);
            }
        }
        environment.put("load average after", Machine.loadAverage());
        Results results =
                new Results(
                        "boot",
                        "a Spring Boot application with the starter",
                        environment,
                        subjects,
                        List.copyOf(measurements),
                        notes);
        if (starts > 0) {
            apps.forEach(app -> noteDifference(app, results));
        }
        return results;
    }

    /** The table has ratios; what a user waits longer is a difference. */
    private void noteDifference(BootApp app, Results results) {
        double seconds =
                median(results, app, WITH, SECONDS) - median(results, app, WITHOUT, SECONDS);
        double cpu = median(results, app, WITH, CPU) - median(results, app, WITHOUT, CPU);
        notes.add(
                String.format(
                        Locale.ROOT,
                        "%s: the median start with the starter is %+.0f ms, and %+.0f ms of CPU",
                        app.name(),
                        seconds * 1e3,
                        cpu * 1e3));
    }

    private static double median(Results results, BootApp app, String as, Metric metric) {
        return results.spread(new Subject(app.name(), as), START, metric)
                .map(Spread::median)
                .orElse(Double.NaN);
    }

    private void measureStarts(BootApp app) throws IOException, InterruptedException {
        Path copy = Files.createTempFile("treadle-bench-boot", ".jar");
        try {
            BootApp without = app.withoutStarter(copy);
            for (int round = 1; round <= starts; round++) {
                // the order changes from round to round
                if (round % 2 == 1) {
                    start(app, WITH, app, round);
                    start(app, WITHOUT, without, round);
                } else {
                    start(app, WITHOUT, without, round);
                    start(app, WITH, app, round);
                }
            }
        } finally {
            Files.delete(copy);
        }
    }

    private void start(BootApp app, String as, BootApp started, int round)
            throws IOException, InterruptedException {
        try (BootProcess process = new BootProcess(java, started, List.of(), Workshop.log())) {
            add(
                    new Measurement(
                            new Subject(app.name(), as),
                            START,
                            round,
                            new Values()
                                    .put(SECONDS, process.seconds())
                                    .put(CPU, process.cpuSeconds())
                                    .map(),
                            Map.of(),
                            ""));
        } catch (ProcessFailedException failed) {
            fail(new Subject(app.name(), as), START, round, failed);
        }
    }

    private void measureBursts(BootApp app) throws IOException, InterruptedException {
        try (SlowParty party = new SlowParty();
                BootProcess process =
                        new BootProcess(
                                java,
                                app,
                                List.of(
                                        "--gevent",
                                        "1000",
                                        "--app.third-party=http://127.0.0.1:" + party.port()),
                                Workshop.log())) {
            String path = "/checkout?ms=" + wait.toMillis();
            Clients.warmUp(
                    process.port(),
                    "/checkout?ms=" + WARM_UP_MILLIS,
                    requests,
                    WARM_UP_REQUESTS_EACH * requests,
                    1);
            Clients.warmUp(process.port(), path, requests, requests, BURSTS_BEFORE);
            for (int round = 1; round <= bursts; round++) {
                double before = UsageWatch.cpu(process.pid()).seconds();
                LoadResult result =
                        Clients.closedLoop(process.port(), path).run(requests, requests);
                Values values =
                        new Values()
                                .put(CPU, UsageWatch.cpu(process.pid()).seconds() - before)
                                .put(WALL, result.wallSeconds())
                                .put(P50, result.p50Millis())
                                .put(P99, result.p99Millis())
                                .put(Values.FAILED, result.failed());
                add(
                        new Measurement(
                                new Subject(app.name(), GEVENT),
                                BURST,
                                round,
                                values.map(),
                                Map.of(),
                                Values.failures(result.failed(), result.firstProblem())));
            }
        } catch (ProcessFailedException failed) {
            fail(new Subject(app.name(), GEVENT), BURST, 1, failed);
        }
    }

    /** The others go on. */
    private void fail(Subject subject, String variant, int round, ProcessFailedException failed) {
        add(Measurement.failed(subject, variant, round, String.valueOf(failed.getMessage())));
    }

    private void add(Measurement one) {
        measurements.add(one);
        System.err.printf(
                Locale.ROOT,
                "%s, %s, round %d: %s%s%n",
                one.subject(),
                one.variant(),
                one.round(),
                one.values(),
                one.problem());
    }
}
