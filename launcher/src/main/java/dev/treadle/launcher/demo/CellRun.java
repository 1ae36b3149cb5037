package dev.treadle.launcher.demo;

import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.load.ClosedLoop;
import dev.treadle.launcher.load.LoadResult;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Starts one server, puts the load on it, and stops it. */
final class CellRun {
    /** The time in addition to the sleep that a server may need between two responses. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Cell cell;
    private final DemoPlan plan;
    private final Progress progress;
    private final boolean verbose;

    CellRun(Cell cell, DemoPlan plan, Progress progress, boolean verbose) {
        this.cell = cell;
        this.plan = plan;
        this.progress = progress;
        this.verbose = verbose;
    }

    CellResult run(Path directory) throws IOException, InterruptedException {
        progress.starting(cell);
        Path errors = directory.resolve(cell.container().word() + "-" + cell.model() + ".log");
        try (ServerProcess server = ServerProcess.start(cell, plan, errors)) {
            if (verbose) {
                progress.note(server.startLine());
            }
            String problem = warmUp(server);
            return problem == null ? measure(server) : CellResult.notRun(cell, plan, problem);
        } catch (StartFailedException failed) {
            return CellResult.notRun(cell, plan, String.valueOf(failed.getMessage()));
        }
    }

    private @Nullable String warmUp(ServerProcess server) throws InterruptedException {
        if (plan.warmUp() == 0) {
            return null;
        }
        LoadResult load = load(server).run(plan.warmUp(), plan.warmUp());
        return load.failed() == 0 ? null : "at the warm-up " + failures(load);
    }

    private ClosedLoop load(ServerProcess server) {
        return new ClosedLoop(server.address(), "/", plan.sleep().plus(PATIENCE)).closing();
    }

    private CellResult measure(ServerProcess server) throws IOException, InterruptedException {
        try (UsageSampler sampler = new UsageSampler(server.handle()).start()) {
            LoadResult load =
                    load(server).tellingOf(progress::done).run(plan.concurrency(), plan.requests());
            ServerUsage usage = sampler.usage();
            int exitCode = server.stop();
            if (verbose && !server.said().isEmpty()) {
                progress.note(server.said());
            }
            return new CellResult(
                    cell, plan.concurrency(), load, usage, problem(load, exitCode, server));
        }
    }

    private static @Nullable String problem(LoadResult load, int exitCode, ServerProcess server)
            throws IOException {
        if (load.failed() > 0) {
            return failures(load);
        }
        return exitCode == 0
                ? null
                : "the server ended with " + exitCode + " (expected: 0): " + server.said();
    }

    private static String failures(LoadResult load) {
        return load.failed() + " requests failed, the first one with: " + load.firstProblem();
    }
}
