package dev.treadle.bench.command;

import dev.treadle.Treadle;
import dev.treadle.bench.client.Clients;
import dev.treadle.bench.process.ProcessFailedException;
import dev.treadle.bench.process.UsageWatch;
import dev.treadle.bench.report.Measurement;
import dev.treadle.bench.report.Metric;
import dev.treadle.bench.report.Results;
import dev.treadle.bench.report.Subject;
import dev.treadle.bench.report.Table;
import dev.treadle.launcher.load.LoadResult;
import dev.treadle.settings.InvalidSettingException;

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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Measures a Boot application with the agent. First the time until its first answer, compared with
 * the same jar without the agent, and with the starter in its place. Then the processor time of a
 * request, compared with the starter.
 */
@Command(
        name = "agent",
        sortOptions = false,
        header = "A Boot application with the agent: how it starts, and the cost of a request.")
@SuppressWarnings("NullAway.Init") // picocli fills in options
final class AgentBenchmark implements Callable<Integer> {
    private static final String START = "start";
    private static final String REQUESTS = "requests";
    private static final String AGENT = "agent";
    private static final String STARTER = "starter";
    private static final String WITHOUT = "without";

    private static final Metric SECONDS = Metric.of("start_s", "start s", 3);
    private static final Metric CPU = Metric.of("cpu_s", "CPU s", 2);
    private static final Metric MICROS = Metric.of("cpu_us_per_request", "CPU us/req", 1);

    private static final String PAGE = "/hello";
    private static final String MODEL = "gevent=1000";
    private static final int CONNECTIONS = 64;

    /** So many requests compile what they run. */
    private static final int WARM_UP_BURSTS = 10;

    @Option(
            names = "--apps",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "4-tomcat,4-jetty,3-undertow",
            description = "Line of Boot and container. Default: ${DEFAULT-VALUE}.")
    private List<String> apps;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How often each is started each way. 0: not. Default: ${DEFAULT-VALUE}.")
    @Range(min = "0", max = "1000")
    private int rounds;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "3",
            description =
                    "How many pairs of servers, one with the agent and one with the starter, get"
                            + " requests. 0: none. Default: ${DEFAULT-VALUE}.")
    @Range(min = "0", max = "1000")
    private int pairs;

    @Option(
            names = "--slices",
            paramLabel = "N",
            defaultValue = "10",
            description = "Of each server of a pair, in turn. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "1000")
    private int slices;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "10000",
            description = "In each slice. Default: ${DEFAULT-VALUE}.")
    @Range(min = "1", max = "1000000")
    private int requests;

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

    /** The ways to start one application. */
    private record Ways(BootApp starter, BootApp plain, Path agent) {
        BootProcess start(Path java, String way) throws IOException, InterruptedException {
            List<String> options =
                    way.equals(AGENT) ? List.of("-javaagent:" + agent + "=" + MODEL) : List.of();
            List<String> arguments = way.equals(STARTER) ? List.of("--" + MODEL) : List.of();
            BootApp app = way.equals(STARTER) ? starter : plain;
            return new BootProcess(java, options, app, arguments, Workshop.log());
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Texts.requireInRange(command);
        Path modules = Path.of(System.getProperty("treadle.bench.apps", "it-tests"));
        List<BootApp> found = new ArrayList<>();
        for (String name : Texts.requireWords("--apps", apps, BootApp.NAMES)) {
            found.add(BootApp.find(name, modules));
        }
        Path agent = agent(modules.resolve("../agent/target"));
        ResultFiles files = new ResultFiles(out);
        Results results = run(found, agent);
        Table.print(results, Set.of(AGENT, STARTER), List.of(WITHOUT, STARTER), System.out);
        files.write(results, List.of());
        return results.problems().isEmpty() ? 0 : 1;
    }

    private static Path agent(Path target) {
        Path jar = target.resolve("treadle-agent-" + Treadle.version() + ".jar").normalize();
        if (!Files.exists(jar)) {
            throw new InvalidSettingException(
                    "agent", jar.toString(), "the jar that is built; bench/run builds it");
        }
        return jar.toAbsolutePath();
    }

    private Results run(List<BootApp> found, Path agent) throws IOException, InterruptedException {
        Map<String, String> environment = Machine.describe(java);
        environment.put(
                START,
                ("java -jar; agent: -javaagent:treadle-agent.jar=%s; starter: --%1$s; without: the same"
                                + " jar without the starter; %d rounds, each starts each way once, in"
                                + " another order; from the start of the process until it has answered"
                                + " GET %s with 200; CPU of the process until then")
                        .formatted(MODEL, rounds, PAGE));
        environment.put(
                REQUESTS,
                ("%d pairs of servers that are up at once; %d clients of each in turn, keep-alive, %d"
                                + " times %d requests, after a warm-up of %d")
                        .formatted(
                                pairs, CONNECTIONS, slices, requests, WARM_UP_BURSTS * requests));
        environment.put("load average before", Machine.loadAverage());
        List<Subject> subjects = new ArrayList<>();
        for (BootApp app : found) {
            for (String way : List.of(WITHOUT, AGENT, STARTER)) {
                subjects.add(new Subject(app.name(), way));
            }
            measure(app, agent);
        }
        environment.put("load average after", Machine.loadAverage());
        Results results =
                new Results(
                        "agent",
                        "a Spring Boot application with the agent",
                        environment,
                        subjects,
                        List.copyOf(measurements),
                        notes);
        if (rounds > 0) {
            found.forEach(app -> noteDifference(app.name()));
        }
        return results;
    }

    private void measure(BootApp app, Path agent) throws IOException, InterruptedException {
        Path copy = Files.createTempFile("treadle-bench-agent", ".jar");
        try {
            Ways ways = new Ways(app, app.withoutStarter(copy), agent);
            if (rounds > 0) {
                warmUp(ways);
            }
            for (int round = 1; round <= rounds; round++) {
                List<String> inTurn = new ArrayList<>(List.of(WITHOUT, AGENT, STARTER));
                Collections.rotate(inTurn, round);
                if (round % 2 == 0) {
                    Collections.reverse(inTurn); // each follows each other one as often
                }
                for (String way : inTurn) {
                    start(ways, way, round);
                }
            }
            for (int pair = 1; pair <= pairs; pair++) {
                measurePair(ways, pair);
            }
        } finally {
            Files.delete(copy);
        }
    }

    /** The first start of all finds cold files and a cold client. */
    private void warmUp(Ways ways) throws IOException, InterruptedException {
        try (BootProcess process = ways.start(java, WITHOUT)) {
            first.require(process.port(), PAGE);
        } catch (ProcessFailedException failed) {
            System.err.println(failed.getMessage()); // the rounds say so in the results
        }
    }

    private void start(Ways ways, String way, int round) throws IOException, InterruptedException {
        Subject subject = new Subject(ways.starter().name(), way);
        long begin = System.nanoTime();
        try (BootProcess process = ways.start(java, way)) {
            first.require(process.port(), PAGE);
            double seconds = (System.nanoTime() - begin) / 1e9;
            double cpu = UsageWatch.cpu(process.pid()).seconds();
            add(subject, START, round, new Values().put(SECONDS, seconds).put(CPU, cpu), "");
        } catch (IOException failed) {
            add(subject, START, round, new Values(), String.valueOf(failed.getMessage()));
        }
    }

    /** Loads both in turn, so that other work on the machine falls on both alike. */
    private void measurePair(Ways ways, int pair) throws IOException, InterruptedException {
        String one = pair % 2 == 0 ? STARTER : AGENT;
        String other = pair % 2 == 0 ? AGENT : STARTER;
        try (BootProcess firstServer = ways.start(java, one);
                BootProcess secondServer = ways.start(java, other)) {
            Cost ofFirst = new Cost(firstServer);
            Cost ofSecond = new Cost(secondServer);
            for (int i = 0; i < WARM_UP_BURSTS; i++) {
                Clients.warmUp(firstServer.port(), PAGE, CONNECTIONS, requests, 1);
                Clients.warmUp(secondServer.port(), PAGE, CONNECTIONS, requests, 1);
            }
            for (int i = 0; i < slices; i++) {
                // the order changes each time
                (i % 2 == 0 ? ofFirst : ofSecond).addSlice();
                (i % 2 == 0 ? ofSecond : ofFirst).addSlice();
            }
            ofFirst.add(new Subject(ways.starter().name(), one), pair);
            ofSecond.add(new Subject(ways.starter().name(), other), pair);
        } catch (IOException failed) {
            for (String way : List.of(AGENT, STARTER)) {
                Subject subject = new Subject(ways.starter().name(), way);
                add(subject, REQUESTS, pair, new Values(), String.valueOf(failed.getMessage()));
            }
        }
    }

    /** The processor time that a server of a pair has used in its slices. */
    private final class Cost {
        private final BootProcess server;
        private double cpuSeconds;
        private long failed;
        private String problem = "";

        Cost(BootProcess server) {
            this.server = server;
        }

        void addSlice() throws IOException, InterruptedException {
            double before = UsageWatch.cpu(server.pid()).seconds();
            LoadResult result = Clients.closedLoop(server.port(), PAGE).run(CONNECTIONS, requests);
            cpuSeconds += UsageWatch.cpu(server.pid()).seconds() - before;
            failed += result.failed();
            problem = Values.failures(failed, result.firstProblem());
        }

        void add(Subject subject, int pair) {
            Values values =
                    new Values()
                            .put(MICROS, cpuSeconds * 1e6 / ((long) slices * requests))
                            .put(Values.FAILED, failed);
            AgentBenchmark.this.add(subject, REQUESTS, pair, values, problem);
        }
    }

    private void add(Subject subject, String variant, int round, Values values, String problem) {
        measurements.add(new Measurement(subject, variant, round, values.map(), Map.of(), problem));
        System.err.printf(
                Locale.ROOT,
                "%s, %s, round %d: %s%s%n",
                subject,
                variant,
                round,
                values.map(),
                problem);
    }

    /**
     * The table has ratios; what a user waits longer is a difference. It is that of the starts of
     * one round, which were one after another.
     */
    private void noteDifference(String app) {
        for (String way : List.of(AGENT, STARTER)) {
            notes.add(
                    app
                            + ": with the "
                            + way
                            + " a start takes, in ms more, "
                            + differences(app, way, SECONDS)
                            + ", of CPU "
                            + differences(app, way, CPU));
        }
    }

    private String differences(String app, String way, Metric metric) {
        List<Double> found = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            double more =
                    value(app, way, round, metric).orElse(Double.NaN)
                            - value(app, WITHOUT, round, metric).orElse(Double.NaN);
            if (!Double.isNaN(more)) {
                found.add(more * 1e3);
            }
        }
        if (found.isEmpty()) {
            return "unknown";
        }
        Collections.sort(found);
        return String.format(
                Locale.ROOT,
                "%+.0f (%+.0f to %+.0f)",
                found.get(found.size() / 2),
                found.getFirst(),
                found.getLast());
    }

    private Optional<Double> value(String app, String way, int round, Metric metric) {
        return measurements.stream()
                .filter(each -> each.variant().equals(START) && each.round() == round)
                .filter(each -> each.subject().equals(new Subject(app, way)))
                .map(each -> each.values().get(metric))
                .filter(Objects::nonNull)
                .findFirst();
    }
}
