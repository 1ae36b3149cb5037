package dev.treadle.bench.boot;

import dev.treadle.bench.process.ClientProcess;
import dev.treadle.bench.process.ClientResult;
import dev.treadle.bench.process.ProcessFailedException;
import dev.treadle.bench.process.ProcessUsage;
import dev.treadle.bench.process.SlowPartyProcess;
import dev.treadle.bench.report.Measurement;
import dev.treadle.bench.report.Metric;
import dev.treadle.bench.report.Results;
import dev.treadle.bench.report.Spread;
import dev.treadle.bench.report.Subject;
import dev.treadle.bench.suite.LoadProcesses;
import dev.treadle.bench.suite.Machine;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures a Boot application with the starter. First the time of its start, with the starter and
 * no setting, compared with the same jar without the starter. Then the time of a thousand requests
 * at once with {@code --gevent 1000}, each of which waits for a slow third party.
 */
public final class BootBenchmark {
    private static final String START = "start";
    private static final String BURST = "burst";
    private static final String WITH = "starter";
    private static final String WITHOUT = "no-starter";
    private static final String GEVENT = "gevent";

    private static final Metric SECONDS = Metric.chief("start_s", "start s", 3);
    private static final Metric CPU = Metric.chief("cpu_s", "CPU s", 2);
    private static final Metric WALL = Metric.of("wall_s", "wall s", 2);
    private static final Metric P50 = Metric.of("p50_ms", "p50 ms", 0);
    private static final Metric P99 = Metric.of("p99_ms", "p99 ms", 0);
    private static final Metric FAILED = Metric.shown("failed", "failed", 0);

    /**
     * Of each client, over a connection that is kept: the code of a burst is compiled before one is
     * measured, and the source ports of this machine are not used up.
     */
    private static final int WARM_UP_REQUESTS_EACH = 60;

    private static final int WARM_UP_MILLIS = 50;
    private static final int BURSTS_BEFORE = 5;

    private final Path java;
    private final List<BootApp> apps;
    private final int starts;
    private final int bursts;
    private final int requests;
    private final int waitMillis;
    private final PrintStream progress;
    private final List<Measurement> measurements = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * @param java runs the applications
     * @param starts how often each is started both ways; 0: not at all
     * @param bursts how many bursts; 0: none
     * @param requests in each burst, all at once
     * @param waitMillis how long the third party takes
     * @param progress is told what is being measured
     */
    public BootBenchmark(
            Path java,
            List<BootApp> apps,
            int starts,
            int bursts,
            int requests,
            int waitMillis,
            PrintStream progress) {
        this.java = java;
        this.apps = apps;
        this.starts = starts;
        this.bursts = bursts;
        this.requests = requests;
        this.waitMillis = waitMillis;
        this.progress = progress;
    }

    /** Measures everything. */
    public Results run() throws IOException, InterruptedException {
        Map<String, String> environment = Machine.describe(java);
        environment.put(
                "start",
                "java -jar, nothing set; with the starter and the same jar without it in turn, "
                        + starts
                        + " times each; until Boot says that it has started, from the JVM's own start on; CPU from that of the process");
        environment.put(
                "burst",
                "java -jar, --gevent 1000; "
                        + requests
                        + " clients at once, each connects and sends one request; "
                        + "the application asks a third party over"
                        + " HTTP that takes "
                        + waitMillis
                        + " ms; after "
                        + WARM_UP_REQUESTS_EACH
                        + " requests of each that took "
                        + WARM_UP_MILLIS
                        + " ms, and "
                        + BURSTS_BEFORE
                        + " bursts");
        environment.put("load average before", Machine.loadAverage());
        List<Subject> subjects = new ArrayList<>();
        try (LoadProcesses load = new LoadProcesses()) {
            for (BootApp app : apps) {
                if (starts > 0) {
                    subjects.add(new Subject(app.name(), WITH));
                    subjects.add(new Subject(app.name(), WITHOUT));
                    measureStarts(app, load);
                }
                if (bursts > 0) {
                    subjects.add(new Subject(app.name(), GEVENT));
                    measureBursts(app, load);
                }
            }
        }
        environment.put("load average after", Machine.loadAverage());
        Results results =
                new Results(
                        "boot",
                        "a Spring Boot application with the starter",
                        List.of(SECONDS, CPU, WALL, P50, P99, FAILED),
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

    private void measureStarts(BootApp app, LoadProcesses load)
            throws IOException, InterruptedException {
        Path copy = Files.createTempFile("treadle-bench-boot", ".jar");
        try {
            BootApp without = app.withoutStarter(copy);
            for (int round = 1; round <= starts; round++) {
                // the order changes from round to round
                if (round % 2 == 1) {
                    start(app, WITH, app, round, load);
                    start(app, WITHOUT, without, round, load);
                } else {
                    start(app, WITHOUT, without, round, load);
                    start(app, WITH, app, round, load);
                }
            }
        } finally {
            Files.delete(copy);
        }
    }

    private void start(BootApp app, String as, BootApp started, int round, LoadProcesses load)
            throws IOException, InterruptedException {
        try (BootProcess process = new BootProcess(java, started, List.of(), load.log())) {
            add(
                    new Measurement(
                            new Subject(app.name(), as),
                            START,
                            round,
                            Map.of(SECONDS.id(), process.seconds(), CPU.id(), process.cpuSeconds()),
                            ""));
        } catch (ProcessFailedException failed) {
            fail(new Subject(app.name(), as), START, round, failed);
        }
    }

    private void measureBursts(BootApp app, LoadProcesses load)
            throws IOException, InterruptedException {
        try (SlowPartyProcess party = load.slowParty();
                ClientProcess client = load.client();
                BootProcess process =
                        new BootProcess(
                                java,
                                app,
                                List.of(
                                        "--gevent",
                                        "1000",
                                        "--app.third-party=http://127.0.0.1:" + party.port()),
                                load.log())) {
            load(client, process, WARM_UP_MILLIS, WARM_UP_REQUESTS_EACH);
            for (int i = 0; i < BURSTS_BEFORE; i++) {
                load(client, process, waitMillis, 1);
            }
            for (int round = 1; round <= bursts; round++) {
                double before = ProcessUsage.cpuSeconds(process.pid());
                ClientResult result = load(client, process, waitMillis, 1);
                double cpuSeconds = ProcessUsage.cpuSeconds(process.pid()) - before;
                long failed = result.number("failed");
                add(
                        new Measurement(
                                new Subject(app.name(), GEVENT),
                                BURST,
                                round,
                                Map.of(
                                        CPU.id(),
                                        cpuSeconds,
                                        WALL.id(),
                                        result.number("wall") / 1e6,
                                        P50.id(),
                                        result.millis("p50"),
                                        P99.id(),
                                        result.millis("p99"),
                                        FAILED.id(),
                                        (double) failed),
                                failed == 0 ? "" : failed + " failed: " + result.problem()));
            }
        } catch (ProcessFailedException failed) {
            fail(new Subject(app.name(), GEVENT), BURST, 1, failed);
        }
    }

    /** The others go on. */
    private void fail(Subject subject, String variant, int round, ProcessFailedException failed) {
        add(Measurement.failed(subject, variant, round, String.valueOf(failed.getMessage())));
    }

    private ClientResult load(ClientProcess client, BootProcess process, int millis, int ofEach)
            throws IOException, InterruptedException {
        return client.closedLoop(
                process.port(), "/checkout?ms=" + millis, requests, ofEach * requests, false);
    }

    private void add(Measurement one) {
        measurements.add(one);
        progress.printf(
                Locale.ROOT,
                "%s, %s, round %d: %s%s%n",
                one.subject(),
                one.variant(),
                one.round(),
                one.values(),
                one.problem());
    }
}
