package dev.treadle.bench.command;

import dev.treadle.bench.process.ProcessFailedException;
import dev.treadle.bench.report.Measurement;
import dev.treadle.bench.report.Metric;
import dev.treadle.bench.report.Results;
import dev.treadle.bench.report.Subject;
import dev.treadle.bench.report.Table;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures the start of a WAR, from the start of the process to its first answer: by the launcher,
 * as it is and with archives of classes, and by the container alone.
 */
@Command(
        name = "start",
        sortOptions = false,
        header = "The start of a WAR by the launcher, with archives of classes and without.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class StartBenchmark implements Callable<Integer> {
    private static final String VARIANT = "start";
    private static final List<String> CONTAINERS = List.of("tomcat", "jetty", "undertow");
    private static final List<String> WAYS =
            List.of(Launch.ALONE, Launch.PLAIN, Launch.CDS, Launch.AOT);

    /** Undertow has no deployer of WARs of its own, so there is nothing to start alone. */
    private static final String WITHOUT_DEPLOYER = "undertow";

    /** The first JDK that makes the cache in one step (JEP 514). */
    private static final int FIRST_WITH_AOT = 25;

    private static final Metric SECONDS = Metric.of("start_s", "start s", 3);
    private static final Metric CPU = Metric.of("cpu_s", "CPU s", 2);
    private static final Metric RSS = Metric.of("rss_mb", "RSS MB", 0);
    private static final Pattern PORT =
            Pattern.compile("(?:listening on http://127.0.0.1:|plain container on port )(\\d+)");

    @Option(
            names = "--containers",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "tomcat,jetty,undertow",
            description = "Default: ${DEFAULT-VALUE}.")
    private List<String> containers;

    @Option(
            names = "--ways",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "alone,plain,cds,aot",
            description =
                    "alone: the container without the launcher; plain: the launcher; cds, aot: with an"
                            + " archive. Default: ${DEFAULT-VALUE}.")
    private List<String> ways;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How often each is started. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "1000")
    private int rounds;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the JSON goes. Default: bench/results.")
    private @Nullable Path out;

    @Spec private CommandSpec command;

    private final Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    private final FirstAnswer first = new FirstAnswer();
    private final List<Measurement> measurements = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Texts.requireInRange(command);
        Texts.requireWords("--containers", containers, CONTAINERS);
        Texts.requireWords("--ways", ways, WAYS);
        ResultFiles files = new ResultFiles(out);
        Path work = Files.createTempDirectory("treadle-bench-start");
        try {
            Path root = Path.of(System.getProperty("treadle.bench.apps", "it-tests")).resolve("..");
            Results results = run(new Launch(java, root.toRealPath(), work));
            Table.print(results, Set.copyOf(ways), List.of(Launch.PLAIN), System.out);
            files.write(results, List.of());
            return results.problems().isEmpty() ? 0 : 1;
        } finally {
            delete(work);
        }
    }

    private Results run(Launch launch) throws IOException, InterruptedException {
        Map<String, String> environment = Machine.describe(java);
        environment.put(
                "start",
                ("java, no option but those of the archive; %d rounds, each starts each way once, in"
                                + " another order; from the start of the process until it has answered"
                                + " GET /shop/hello with 200; CPU of the process until then")
                        .formatted(rounds));
        environment.put("load average before", Machine.loadAverage());
        List<Subject> subjects = subjects();
        prepare(launch, subjects);
        for (int round = 1; round <= rounds; round++) {
            List<Subject> inTurn = new ArrayList<>(subjects);
            Collections.rotate(inTurn, round);
            for (Subject subject : inTurn) {
                measure(launch, subject, round);
            }
        }
        environment.put("load average after", Machine.loadAverage());
        return new Results(
                "start",
                "a WAR by the launcher, until its first answer",
                environment,
                subjects,
                List.copyOf(measurements),
                notes);
    }

    private List<Subject> subjects() {
        List<Subject> subjects = new ArrayList<>();
        for (String container : containers) {
            for (String way : ways) {
                if (way.equals(Launch.ALONE) && container.equals(WITHOUT_DEPLOYER)) {
                    notes.add(container + " alone: skipped, it has no deployer of WARs of its own");
                } else if (way.equals(Launch.AOT) && Runtime.version().feature() < FIRST_WITH_AOT) {
                    notes.add(
                            container
                                    + " aot: skipped, Java "
                                    + Runtime.version().feature()
                                    + " (expected: "
                                    + FIRST_WITH_AOT
                                    + " or newer)");
                } else {
                    subjects.add(new Subject(container, way));
                }
            }
        }
        return subjects;
    }

    private void prepare(Launch launch, List<Subject> subjects)
            throws IOException, InterruptedException {
        launch.prepare();
        for (Subject subject : subjects) {
            String way = subject.contender();
            if (way.equals(Launch.CDS) || way.equals(Launch.AOT)) {
                train(launch, subject.container(), way);
            }
        }
    }

    private void train(Launch launch, String container, String way)
            throws IOException, InterruptedException {
        long before;
        try (StartedProcess process =
                new StartedProcess(container, launch.training(way, container), Workshop.log())) {
            ask(process);
            before = System.nanoTime();
        }
        double seconds = (System.nanoTime() - before) / 1e9;
        Path archive = launch.archive(way, container);
        if (!Files.exists(archive)) {
            throw new IOException(archive + ": not made by the JVM when the server ended");
        }
        notes.add(
                String.format(
                        Locale.ROOT,
                        "%s %s: an archive of %.1f MB, made by a stop that took %.1f s",
                        container,
                        way,
                        Files.size(archive) / 1e6,
                        seconds));
    }

    private void measure(Launch launch, Subject subject, int round)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (StartedProcess process =
                new StartedProcess(
                        subject.toString(),
                        launch.command(subject.contender(), subject.container()),
                        Workshop.log())) {
            ask(process);
            double seconds = (System.nanoTime() - start) / 1e9;
            Values values =
                    new Values()
                            .put(SECONDS, seconds)
                            .put(CPU, process.cpuSeconds())
                            .put(RSS, process.rssMegabytes());
            add(new Measurement(subject, VARIANT, round, values.map(), Map.of(), ""));
        } catch (ProcessFailedException failed) {
            add(Measurement.failed(subject, VARIANT, round, String.valueOf(failed.getMessage())));
        }
    }

    private void ask(StartedProcess process) throws IOException, InterruptedException {
        String port = process.await(PORT).group(1);
        first.require(Integer.parseInt(port), "/shop/hello");
    }

    private void add(Measurement one) {
        measurements.add(one);
        System.err.printf(
                Locale.ROOT,
                "%s, round %d: %s%s%n",
                one.subject(),
                one.round(),
                one.values(),
                one.problem());
    }

    private static void delete(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = new ArrayList<>(walk.toList());
        }
        Collections.reverse(files);
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
