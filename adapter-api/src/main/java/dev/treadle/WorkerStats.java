package dev.treadle;

/**
 * What the workers do at one moment. Active and waiting requests are read together; the counters
 * only ever rise.
 *
 * @param model how requests run
 * @param limit N
 * @param hubs how many hubs; 0 for a model that has none
 * @param active requests inside
 * @param waiting requests in line
 * @param completed requests that were inside and are complete, since the start
 * @param refusedLineFull requests refused because the line was full, since the start
 * @param refusedLineTimeout requests refused after the longest time in line, since the start
 * @param refusedDraining requests refused because the workers were draining, since the start
 * @param harakiris requests interrupted because they ran longer than allowed, since the start
 * @param tasks tasks of any kind that the engine runs, requests included
 * @param threads platform threads of the pool or live greenlets or virtual threads of the engine
 * @param draining whether new requests are refused because of a drain
 */
public record WorkerStats(
        WorkerModel model,
        int limit,
        int hubs,
        int active,
        int waiting,
        long completed,
        long refusedLineFull,
        long refusedLineTimeout,
        long refusedDraining,
        long harakiris,
        int tasks,
        int threads,
        boolean draining) {

    /** Returns all requests refused, for whatever reason, since the start. */
    public long refused() {
        return refusedLineFull + refusedLineTimeout + refusedDraining;
    }
}
