package dev.treadle.launcher.demo;

import dev.treadle.launcher.host.SleepTime;
import dev.treadle.launcher.host.UsageException;
import dev.treadle.launcher.host.WorkDirectory;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code treadle demo}: measures each container with each worker model under a burst of slow
 * requests.
 */
@Command(
        name = "demo",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        header = "Shows what the flag does: many clients at once and a slow handler.",
        description = {
            "%nEvery container with every worker model, each in a fresh JVM: a handler that sleeps, many clients",
            "at once, a new connection for each request. All of it on this machine.%n"
        })
public final class DemoCommand implements Callable<Integer> {
    /**
     * The same for all servers. A burst is over in seconds, before what the optimising compiler
     * makes is of use; on a small machine it would take the cores from what is measured.
     */
    static final List<String> SERVER_JVM_OPTIONS = List.of("-XX:TieredStopAtLevel=1");

    @Option(
            names = "--container",
            paramLabel = "NAME|all",
            defaultValue = "all",
            description = "Default: all three.")
    private String container = "all";

    @Option(
            names = "--models",
            paramLabel = "MODEL,...",
            defaultValue = "threads,gevent,virtual",
            description = "Default: ${DEFAULT-VALUE}.")
    private String models = "threads,gevent,virtual";

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Requests at a time, and N of the models. Default: ${DEFAULT-VALUE}.")
    private String concurrency = "1000";

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Requests for each server. Default: ${DEFAULT-VALUE}.")
    private String requests = "2000";

    @Option(
            names = "--sleep",
            paramLabel = "D",
            defaultValue = "1s",
            description = "How long the handler sleeps. Default: ${DEFAULT-VALUE}.")
    private String sleep = "1s";

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "300",
            description =
                    "At most so many requests, all at once, before those that are measured; 0 measures cold."
                            + " Default: ${DEFAULT-VALUE}.")
    private String warmUp = "300";

    @Option(names = "--json", paramLabel = "FILE", description = "Write the numbers there as well.")
    private @Nullable String json;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draw the wall times there.")
    private @Nullable String svg;

    @Option(
            names = "--verbose",
            description = "Show what the servers say, and stack traces of errors.")
    private boolean verbose;

    @Spec private @Nullable CommandSpec spec;

    /** For picocli. */
    public DemoCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        refuseOptionsOfTheServer();
        DemoPlan plan =
                DemoPlan.of(
                        container, models, concurrency, requests, SleepTime.parse(sleep), warmUp);
        Path jsonFile = json == null ? null : writable("--json", json);
        Path svgFile = svg == null ? null : writable("--svg", svg);
        MachineLoad.Look look = MachineLoad.begin();
        look.before().warnings().forEach(warning -> System.err.println("treadle: " + warning));
        List<CellResult> results = run(plan);
        MachineLoad machine = look.end();
        ResultTable.print(System.out, plan, results, machine);
        if (jsonFile != null) {
            Files.writeString(jsonFile, ResultJson.of(plan, results, machine));
        }
        if (svgFile != null) {
            Files.writeString(svgFile, ResultPicture.of(plan, results));
        }
        return results.stream().anyMatch(CellResult::failed) ? 1 : 0;
    }

    private List<CellResult> run(DemoPlan plan) throws IOException, InterruptedException {
        List<CellResult> results = new ArrayList<>();
        Progress progress = Progress.on(System.err, plan);
        try (WorkDirectory files = WorkDirectory.create()) {
            for (Cell cell : plan.cells()) {
                CellResult result = new CellRun(cell, plan, progress, verbose).run(files.path());
                results.add(result);
                progress.finished(result);
            }
        }
        return results;
    }

    /** Options before the word demo are the server's; they would have no effect here. */
    private void refuseOptionsOfTheServer() {
        if (spec == null || spec.parent() == null) {
            return;
        }
        var before = spec.parent().commandLine().getParseResult().matchedOptions();
        if (!before.isEmpty()) {
            throw new UsageException(
                    before.get(0).longestName()
                            + ": before demo (expected: options of the demo, after the word); see treadle demo --help");
        }
    }

    /** Found out before the servers run, not after. */
    private static Path writable(String option, String text) {
        try {
            Path file = Path.of(text).toAbsolutePath();
            Path directory = file.getParent();
            boolean mayWrite =
                    Files.exists(file)
                            ? Files.isRegularFile(file) && Files.isWritable(file)
                            : directory != null && Files.isWritable(directory);
            if (mayWrite) {
                return file;
            }
        } catch (InvalidPathException noPath) {
            throw unwritable(option, text);
        }
        throw unwritable(option, text);
    }

    private static InvalidSettingException unwritable(String option, String text) {
        return new InvalidSettingException(
                option, text, "a file that can be written, in a directory that exists");
    }
}
