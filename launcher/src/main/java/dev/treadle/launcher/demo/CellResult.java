package dev.treadle.launcher.demo;

import dev.treadle.launcher.load.LoadResult;

import org.jspecify.annotations.Nullable;

/**
 * How one server did.
 *
 * @param cell which server
 * @param n its N
 * @param load the result of the clients
 * @param usage the resources that the server used
 * @param problem what went wrong, or null
 */
record CellResult(Cell cell, int n, LoadResult load, ServerUsage usage, @Nullable String problem) {
    static CellResult notRun(Cell cell, DemoPlan plan, String problem) {
        return new CellResult(
                cell,
                plan.concurrency(),
                new LoadResult(0, 0, plan.requests(), 0, 0, null),
                ServerUsage.UNKNOWN,
                problem);
    }

    boolean failed() {
        return problem != null || load.failed() > 0;
    }
}
